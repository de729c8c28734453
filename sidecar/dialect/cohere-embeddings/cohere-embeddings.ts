// Cohere's embed: https://docs.cohere.com/reference/embed
import { habits, marks } from '../cohere-chat/caller-habits.ts'
import { encodeError } from '../cohere-chat/encode-error.ts'
import type { EmbeddingDialect } from '../embeddings.ts'
import { textIn } from '../json-value.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { readFacts } from './read-facts.ts'

export const cohereEmbeddings: EmbeddingDialect = {
  format: 'cohere-embeddings',
  provider: 'Cohere',
  surfaces: [
    { path: '/v2/embed', endpoint: 'embeddings' },
    { path: '/embed', endpoint: 'embeddings' },
  ],
  habits,
  marks,
  parameterNames: { inputs: 'texts', dimensions: 'output_dimension', purpose: 'input_type' },
  readModel: body => textIn(body.model),
  decodeRequest,
  encodeReply,
  encodeError,
  readFacts,
  editRequest,
  encodeRequest,
  decodeReply,
}
