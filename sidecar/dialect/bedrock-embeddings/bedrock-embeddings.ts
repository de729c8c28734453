// Embedding models behind Amazon Bedrock's InvokeModel: Titan and Cohere, each with its own body.
import { marks } from '../bedrock-converse/caller-habits.ts'
import { encodeError, errorHeaders } from '../bedrock-converse/encode-error.ts'
import type { JsonObject } from '../completion.ts'
import type { EmbeddingDialect } from '../embeddings.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { asksForEmbeddings, embeddingFamilyOf, embeddingFamilyOfModel } from './embedding-body.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { readFacts } from './read-facts.ts'

export const bedrockEmbeddings: EmbeddingDialect = {
  format: 'bedrock-embeddings',
  provider: 'Bedrock',
  surfaces: [{ path: '/model/{model}/invoke', endpoint: 'embeddings', stream: false }],
  habits: {
    requestIdHeader: 'x-amzn-requestid',
    answerIdPrefix: '',
    terminalMarker: '',
    forwardedHeaders: [],
    bookkeeping: new Set(),
  },
  marks,
  parameterNames: { inputs: 'texts', dimensions: 'dimensions', purpose: 'input_type' },
  claims: (body, head) => asksForEmbeddings(body, head.model),
  fits,
  readModel: (_body, head) => head.model,
  decodeRequest,
  encodeReply,
  encodeError,
  errorHeaders,
  readFacts,
  // The model is in the path, and a vector has no cap.
  editRequest: () => [],
  encodeRequest,
  decodeReply,
}

/** An id that tells nothing may be any model's. */
function fits(body: JsonObject, model: string): boolean {
  const family = embeddingFamilyOfModel(model)
  return family === undefined || family === embeddingFamilyOf(body)
}
