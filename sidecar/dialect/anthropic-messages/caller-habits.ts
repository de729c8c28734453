// What Anthropic's clients expect around a request.
import { othersClientsInJava } from '../clients-in-java.ts'
import type { JsonObject } from '../completion.ts'
import type {
  CallerHabits,
  ClientMarks,
  DescribedModel,
  ModelList,
  Surface,
  UnservedPath,
} from '../dialect.ts'
import { isGiven } from '../json-value.ts'

/** Base URLs come with and without `/v1`; other vendors who serve this format put `/anthropic` in front. */
const bases = ['/v1', '', '/anthropic/v1', '/anthropic'] as const

export const surfaces: readonly Surface[] = bases.flatMap((base): readonly Surface[] => [
  { path: `${base}/messages`, endpoint: 'completion' },
  { path: `${base}/messages/count_tokens`, endpoint: 'countTokens' },
])

export const unserved: readonly UnservedPath[] = [
  { path: /\/messages\/batches(?:\/|$)/, name: 'message batches (Anthropic API)' },
  {
    path: /^(?:\/anthropic)?(?:\/v1)?\/(?:complete|files|organizations|skills)(?:\/|$)/,
    name: 'this part of the Anthropic API',
  },
  {
    path: /\/publishers\/anthropic\/models\/[^/]+:(?:streamR|r)awPredict$/,
    name: 'Claude in the form of Vertex AI',
  },
]

export const habits: CallerHabits = {
  requestIdHeader: 'request-id',
  answerIdPrefix: 'msg_',
  terminalMarker: 'event: message_stop\ndata: {"type":"message_stop"}\n\n',
  missesErrorEvents: othersClientsInJava,
  forwardedHeaders: ['anthropic-version', 'anthropic-beta'],
  bookkeeping: new Set(['stream', 'metadata', 'service_tier']),
}

export const marks: ClientMarks = {
  headers: ['anthropic-version', 'x-api-key'],
  path: /\/messages(?:\/|$)|^\/anthropic\/|\/publishers\/anthropic\//,
}

export const models: ModelList = {
  paths: bases.map(base => `${base}/models`),
  describeAll: models => ({
    data: models.map(describe),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  }),
  describe,
}

/** Nobody here knows when a model came into being: the oldest moment stands for that. */
function describe({ id }: DescribedModel) {
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }
}

/** The vendor demands a version; a caller who names none gets the newest that carries what it asks. */
export function demandedHeaders(body: JsonObject): Readonly<Record<string, string>> {
  const samples = ['temperature', 'top_p', 'top_k'].some(name => isGiven(body[name]))
  return { 'anthropic-version': samples ? '2023-06-01' : '2026-10-21' }
}
