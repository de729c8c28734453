// One caller's request, made ready for one target. Every attempt starts from what the caller sent: in the caller's own
// dialect as an edit of its bytes, in another one through the neutral completion.
import type { CompiledProvider, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import type { Preparation, PreparedCall } from '../chain/ports.ts'
import { editBody, readForEdits } from './apply-edits.ts'
import type { CompletionRequest } from './completion.ts'
import type { Dialect, RequestChange, RequestHead, StreamFraming } from './dialect.ts'
import { fitToolNames, withCallersNames } from './fit-tool-names.ts'
import { forwardHeaders } from './forward-headers.ts'
import { nameDrops } from './name-drops.ts'
import type { ParsedBody } from './parse-body.ts'
import type { ProviderBinding } from './provider-binding.ts'
import { readWholeAnswer } from './read-whole-answer.ts'
import { bindingOf, dialectOf } from './registry.ts'
import { separateCallIds } from './separate-call-ids.ts'
import { openStreamReader, streamTypes } from './stream-framings.ts'

export interface CallTarget {
  readonly model: string
  readonly maxOutputTokens?: number
  readonly facts?: ModelFacts
}

export interface CallInput {
  readonly caller: Dialect
  readonly head: RequestHead
  readonly body: ParsedBody
  readonly stream: boolean
  readonly provider: CompiledProvider
  readonly target: CallTarget
  /** Milliseconds since 1970: for dates in a provider's headers, and for answers that carry no time of their own. */
  readonly wallTime?: () => number
  /** The neutral form, made on first use and kept for the next target. */
  decoded(): CompletionRequest
}

/** @throws RequestRejected when the request has to be translated and is not a valid one of its own dialect. */
export function prepareCall(input: CallInput): Preparation {
  const { caller, head, provider } = input
  const binding = bindingOf(provider.dialect)
  const isNative = passesOn(binding, input)
  if (head.surface.endpoint === 'countTokens' && !isNative) return cannotCount
  const spoken = isNative ? caller : dialectOf(binding.completion)
  const framing = isNative ? caller.framing(head) : binding.framing
  const path = pathOf(binding, input, { spoken, framing, isNative })
  if (path === undefined) return head.surface.endpoint === 'countTokens' ? cannotCount : noSuchOperation
  if (!isNative) {
    const { history, messages } = input.decoded()
    if (history === 'vendor') return historyElsewhere
    if (messages.length === 0) return nothingToSay
  }
  const written = isNative ? editBytes(input) : translateBody(input, spoken)
  const call: PreparedCall = {
    path,
    headers: {
      ...written.headers,
      'content-type': 'application/json',
      accept: input.stream ? streamTypes[framing] : 'application/json',
    },
    body: written.body,
    drops: written.drops,
    isNative,
    ...readersFor(input, { spoken: written.reads ?? spoken, framing }),
  }
  return { kind: 'ready', call }
}

/** The provider reads the caller's format, and this model the caller's body: bytes pass through. */
export function passesOn(
  binding: ProviderBinding,
  {
    caller,
    body,
    provider,
    target,
  }: Pick<CallInput, 'body' | 'provider' | 'target'> & {
    readonly caller: Pick<Dialect, 'fits'> & { readonly format: Parameters<ProviderBinding['speaks']>[0] }
  },
): boolean {
  if (!binding.speaks(caller.format, provider.endpoint)) return false
  return caller.fits === undefined || caller.fits(body.head, target.model)
}

const cannotCount: Preparation = {
  kind: 'impossible',
  detail: 'the provider cannot count the tokens of such a request',
}
export const noSuchOperation: Preparation = {
  kind: 'impossible',
  detail: 'the provider has no such operation for this model',
}
const historyElsewhere: Preparation = {
  kind: 'impossible',
  detail: 'part of the conversation lies at the vendor whose format the caller speaks',
}
const nothingToSay: Preparation = {
  kind: 'impossible',
  detail: 'nothing of the conversation can be said to another vendor',
}

interface Spoken {
  readonly spoken: Dialect
  readonly framing: StreamFraming
}

function pathOf(
  binding: ProviderBinding,
  { head, provider, target, stream }: CallInput,
  { spoken, framing, isNative }: Spoken & { readonly isNative: boolean },
): string | undefined {
  const { surface } = head
  return binding.path({
    format: spoken.format,
    endpoint: surface.endpoint,
    model: target.model,
    stream,
    framing,
    base: provider.endpoint,
    query: isNative ? name => head.query(name) : unasked,
    ...(isNative && surface.flavour !== undefined && { variant: surface.flavour }),
  })
}

export const unasked = (): undefined => undefined

interface Written {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly drops: readonly string[]
  /** Who reads the answer, where it is not simply the dialect that was written. */
  readonly reads?: Dialect
}

function editBytes({ caller, body, head, provider, target, stream }: CallInput): Written {
  // A token count has neither an answer to cap nor a stream to count.
  const change: RequestChange =
    head.surface.endpoint === 'completion'
      ? changeFor(target, provider, stream)
      : { model: target.model, endpoint: provider.endpoint, wantUsage: false }
  return {
    body: editBody(caller, body, change),
    headers: forwardHeaders(caller, body.head, name => head.header(name)),
    drops: caller.editDrops?.(readForEdits(caller, body, change), change) ?? noDrops,
  }
}

const noDrops: readonly string[] = []

function translateBody({ caller, decoded, provider, target, stream }: CallInput, native: Dialect): Written {
  const asked = decoded()
  const request = { ...asked, messages: separateCallIds(asked.messages) }
  const fitted = fitToolNames(request, native.toolNames)
  const encoded = native.encodeRequest(fitted?.request ?? request, changeFor(target, provider, stream))
  return {
    body: Buffer.from(JSON.stringify(encoded.body)),
    headers: encoded.headers,
    drops: nameDrops(caller, request, encoded.lost),
    ...(fitted && { reads: withCallersNames(native, fitted.callersNames) }),
  }
}

function changeFor(target: CallTarget, { endpoint }: CompiledProvider, stream: boolean): RequestChange {
  const modelMaxOutputTokens = target.facts?.maxOutputTokens
  return {
    model: target.model,
    endpoint,
    wantUsage: stream,
    ...(target.maxOutputTokens !== undefined && { maxOutputTokens: target.maxOutputTokens }),
    ...(modelMaxOutputTokens !== undefined && { modelMaxOutputTokens }),
  }
}

function readersFor(
  input: CallInput,
  { spoken, framing }: Spoken,
): Pick<PreparedCall, 'readWhole' | 'streamType' | 'readStream'> {
  const { caller, body, head, provider, wallTime } = input
  const reading = {
    native: spoken,
    provider: provider.dialect,
    endpoint: head.surface.endpoint,
    ...(wallTime && { wallTime }),
    expectation: { hasStopSequences: caller.hasStopSequences(body.head) },
  }
  return {
    readWhole: answer => readWholeAnswer(answer, reading),
    streamType: streamTypes[framing],
    readStream: () => openStreamReader(framing, spoken),
  }
}
