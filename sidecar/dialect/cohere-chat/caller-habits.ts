// What Cohere's clients expect around a request.
import type {
  CallerHabits,
  ClientMarks,
  DescribedModel,
  ModelList,
  Surface,
  UnservedPath,
} from '../dialect.ts'

/** Base URLs come with and without `/v2`. */
export const surfaces: readonly Surface[] = [
  { path: '/v2/chat', endpoint: 'completion' },
  { path: '/chat', endpoint: 'completion' },
]

export const unserved: readonly UnservedPath[] = [
  {
    path: /^\/v[12]\/(?:audio|batches|classify|connectors|datasets|detokenize|embed-jobs|finetuning|generate|parse|rerank|summarize|tokenize)(?:\/|$)/,
    name: 'this part of the Cohere API',
  },
  { path: /^\/v1\/(?:chat|embed)$/, name: 'the first version of the Cohere API' },
]

export const habits: CallerHabits = {
  requestIdHeader: 'x-debug-trace-id',
  answerIdPrefix: '',
  terminalMarker: 'data: [DONE]\n\n',
  missesErrorEvents: /^/,
  forwardedHeaders: ['x-client-name'],
  bookkeeping: new Set(['stream', 'priority']),
}

export const marks: ClientMarks = {
  headers: ['x-fern-language', 'x-fern-sdk-name', 'x-client-name'],
  path: /^\/v2\/|^\/(?:chat|embed)$/,
}

export const models: ModelList = {
  paths: ['/v1/models'],
  describeAll: models => ({ models: models.map(describe) }),
  describe,
}

function describe({ id }: DescribedModel) {
  return { name: id, endpoints: ['chat', 'embed'] }
}
