// Google's embedContent and batchEmbedContents: https://ai.google.dev/api/embeddings
import type { EmbeddingDialect } from '../embeddings.ts'
import { habits, marks, surfacesOf } from '../gemini-generate/caller-habits.ts'
import { modelOf } from '../gemini-generate/decode-request.ts'
import { encodeError } from '../gemini-generate/encode-error.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { readFacts } from './read-facts.ts'

export const geminiEmbeddings: EmbeddingDialect = {
  format: 'gemini-embeddings',
  provider: 'Gemini',
  surfaces: [
    ...surfacesOf('embedContent', 'embeddings', { stream: false }),
    ...surfacesOf('batchEmbedContents', 'embeddings', { stream: false, flavour: 'batch' }),
  ],
  habits,
  marks,
  parameterNames: { inputs: 'content', dimensions: 'outputDimensionality', purpose: 'taskType' },
  readModel: modelOf,
  decodeRequest,
  encodeReply,
  encodeError,
  readFacts,
  editRequest,
  encodeRequest,
  decodeReply,
}
