// One caller's request, made ready for one target. Every attempt starts from what the caller sent: in the caller's own
// dialect as an edit of its bytes, in another one through the neutral completion.
import type { CompiledProvider, ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import type { Preparation, PreparedCall } from '../chain/ports.ts'
import { applyEdits } from './apply-edits.ts'
import type { CompletionRequest } from './completion.ts'
import type { Dialect, RequestChange, WireFormat } from './dialect.ts'
import { forwardHeaders } from './forward-headers.ts'
import { isGiven } from './json-value.ts'
import { nameDrops } from './name-drops.ts'
import type { ParsedBody } from './parse-body.ts'
import { EventStreamReader } from './read-event-stream.ts'
import { readWholeAnswer, type WholeReaderInput } from './read-whole-answer.ts'
import { nativeDialect } from './registry.ts'

export interface CallInput {
  readonly caller: Dialect
  readonly body: ParsedBody
  readonly stream: boolean
  readonly endpoint: 'completion' | 'countTokens'
  /** By lower-case name. */
  inboundHeaders(name: string): string | undefined
  readonly provider: CompiledProvider
  readonly target: {
    readonly model: string
    readonly maxOutputTokens?: number
    readonly facts?: ModelFacts
  }
  /** Milliseconds since 1970: for dates in a provider's headers, and for answers that carry no time of their own. */
  readonly wallTime?: () => number
  /** The neutral form, made on first use and kept for the next target. */
  decoded(): CompletionRequest
}

/** @throws RequestRejected when the request has to be translated and is not a valid one of its own dialect. */
export function prepareCall(input: CallInput): Preparation {
  const { caller, provider, endpoint } = input
  const native = nativeDialect(provider.dialect)
  if (native === undefined) {
    return { kind: 'impossible', detail: `calls to ${provider.dialect} providers are not supported yet` }
  }
  const path = pathFor(native.format, endpoint, provider.endpoint)
  if (path === undefined || (endpoint === 'countTokens' && native.format !== caller.format)) {
    return { kind: 'impossible', detail: 'the provider cannot count the tokens of such a request' }
  }
  const written = native.format === caller.format ? editBytes(input) : translateBody(input, native)
  const call: PreparedCall = {
    path,
    headers: {
      ...written.headers,
      'content-type': 'application/json',
      accept: input.stream ? 'text/event-stream' : 'application/json',
    },
    body: written.body,
    drops: written.drops,
    isNative: native.format === caller.format,
    ...readersFor(input, native),
  }
  return { kind: 'ready', call }
}

interface Written {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly drops: readonly string[]
}

function editBytes({ caller, body, endpoint, inboundHeaders, target, stream }: CallInput): Written {
  // A token count has neither an answer to cap nor a stream to count.
  const change: RequestChange =
    endpoint === 'completion' ? changeFor(target, stream) : { model: target.model, wantUsage: false }
  return {
    body: applyEdits(body, caller.editRequest(body.head, change)),
    headers: forwardHeaders(caller.format, body.head, inboundHeaders),
    drops: [],
  }
}

function translateBody({ caller, decoded, target, stream }: CallInput, native: Dialect): Written {
  const request = decoded()
  const encoded = native.encodeRequest(request, changeFor(target, stream))
  return {
    body: Buffer.from(JSON.stringify(encoded.body)),
    headers: encoded.headers,
    drops: nameDrops(caller, request, encoded.lost),
  }
}

function changeFor(target: CallInput['target'], stream: boolean): RequestChange {
  const modelMaxOutputTokens = target.facts?.maxOutputTokens
  return {
    model: target.model,
    wantUsage: stream,
    ...(target.maxOutputTokens !== undefined && { maxOutputTokens: target.maxOutputTokens }),
    ...(modelMaxOutputTokens !== undefined && { modelMaxOutputTokens }),
  }
}

function readersFor(input: CallInput, native: Dialect): Pick<PreparedCall, 'readWhole' | 'readStream'> {
  const { head } = input.body
  const stop = input.caller.format === 'openai-chat' ? head['stop'] : head['stop_sequences']
  const reading: WholeReaderInput = {
    native,
    endpoint: input.endpoint,
    ...(input.wallTime && { wallTime: input.wallTime }),
    expectation: { hasStopSequences: isGiven(stop) && !(Array.isArray(stop) && stop.length === 0) },
  }
  return {
    readWhole: answer => readWholeAnswer(answer, reading),
    readStream: () => new EventStreamReader(native),
  }
}

/** Behind the endpoint that the vendor's own SDK takes as base URL: OpenAI's ends in `/v1`, Anthropic's is the bare host. */
function pathFor(format: WireFormat, endpoint: CallInput['endpoint'], base: string): string | undefined {
  if (format === 'openai-chat') return endpoint === 'completion' ? '/chat/completions' : undefined
  const prefix = base.endsWith('/v1') ? '' : '/v1'
  return endpoint === 'completion' ? `${prefix}/messages` : `${prefix}/messages/count_tokens`
}
