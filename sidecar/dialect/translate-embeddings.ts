// One request for embeddings, made ready for one target: an edit of its bytes in the caller's own format, else written
// anew from the neutral form.
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { Preparation, PreparedCall } from '../chain/ports.ts'
import { editBody } from './apply-edits.ts'
import type { RequestChange, RequestHead } from './dialect.ts'
import type { DecodedEmbeddingRequest, EmbeddingDialect } from './embeddings.ts'
import { forwardHeaders } from './forward-headers.ts'
import { nameDrops } from './name-drops.ts'
import type { ParsedBody } from './parse-body.ts'
import type { ProviderBinding } from './provider-binding.ts'
import { readEmbeddingAnswer } from './read-embedding-answer.ts'
import { bindingOf, embeddingDialectOf } from './registry.ts'
import { streamTypes } from './stream-framings.ts'
import { noSuchOperation, passesOn, unasked } from './translate.ts'

export interface EmbeddingCallInput {
  readonly caller: EmbeddingDialect
  readonly head: RequestHead
  readonly body: ParsedBody
  readonly provider: CompiledProvider
  readonly target: { readonly model: string }
  /** Milliseconds since 1970, for dates in a provider's headers. */
  readonly wallTime?: () => number
  /** The neutral form, made on first use and kept for the next target. */
  decoded(): DecodedEmbeddingRequest
}

const noEmbeddings: Preparation = { kind: 'impossible', detail: 'this vendor has no embeddings' }

/** @throws RequestRejected when the request has to be translated and is not a valid one of its own format. */
export function prepareEmbedding(input: EmbeddingCallInput): Preparation {
  const binding = bindingOf(input.provider.dialect)
  if (passesOn(binding, input)) return passOn(binding, input)
  return binding.embeddings === undefined
    ? noEmbeddings
    : translate(binding, input, embeddingDialectOf(binding.embeddings))
}

function passOn(binding: ProviderBinding, input: EmbeddingCallInput): Preparation {
  const { caller, body, head } = input
  const change = changeFor(input)
  const path = binding.path({
    ...placeOf(input, caller),
    query: name => head.query(name),
    ...(head.surface.flavour !== undefined && { variant: head.surface.flavour }),
  })
  if (path === undefined) return noSuchOperation
  return ready(input, caller, {
    path,
    headers: forwardHeaders(caller, body.head, name => head.header(name)),
    body: editBody(caller, body, change),
    drops: caller.editDrops?.(body.head, change) ?? [],
    isNative: true,
  })
}

function translate(
  binding: ProviderBinding,
  input: EmbeddingCallInput,
  native: EmbeddingDialect,
): Preparation {
  const { request } = input.decoded()
  const encoded = native.encodeRequest(request, changeFor(input))
  if (encoded.kind === 'impossible') return encoded
  const { variant } = encoded
  const path = binding.path({
    ...placeOf(input, native),
    query: unasked,
    ...(variant !== undefined && { variant }),
  })
  if (path === undefined) return noSuchOperation
  return ready(input, native, {
    path,
    headers: encoded.headers,
    body: Buffer.from(JSON.stringify(encoded.body)),
    drops: nameDrops(input.caller, request, encoded.lost),
    isNative: false,
  })
}

function changeFor({ provider, target }: EmbeddingCallInput): RequestChange {
  return { model: target.model, endpoint: provider.endpoint, wantUsage: false }
}

function placeOf({ provider, target }: EmbeddingCallInput, { format }: EmbeddingDialect) {
  const base = provider.endpoint
  return { format, endpoint: 'embeddings', model: target.model, stream: false, framing: 'sse', base } as const
}

function ready(
  { provider, wallTime }: EmbeddingCallInput,
  native: EmbeddingDialect,
  call: Pick<PreparedCall, 'path' | 'headers' | 'body' | 'drops' | 'isNative'>,
): Preparation {
  const reading = { native, provider: provider.dialect, ...(wallTime && { wallTime }) }
  return {
    kind: 'ready',
    call: {
      ...call,
      headers: { ...call.headers, 'content-type': 'application/json', accept: 'application/json' },
      readWhole: answer => readEmbeddingAnswer(answer, reading),
      streamType: streamTypes.sse,
      readStream() {
        throw new Error('embeddings do not stream')
      },
    },
  }
}
