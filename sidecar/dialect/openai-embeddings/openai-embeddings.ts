// OpenAI's embeddings, as spoken by the vendor, by Azure and by the many servers that imitate it.
import type { EmbeddingDialect } from '../embeddings.ts'
import { textIn } from '../json-value.ts'
import { habits as chatHabits, surfacesOf } from '../openai-chat/caller-habits.ts'
import { encodeError } from '../openai-chat/encode-error.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { editRequest } from './edit-request.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { readFacts } from './read-facts.ts'

export const openaiEmbeddings: EmbeddingDialect = {
  format: 'openai-embeddings',
  provider: 'OpenAI',
  surfaces: surfacesOf('embeddings', 'embeddings'),
  habits: { ...chatHabits, answerIdPrefix: '', terminalMarker: '', bookkeeping: new Set(['user']) },
  parameterNames: {
    inputs: 'input',
    dimensions: 'dimensions',
    purpose: 'input_type',
    endUser: 'user',
  },
  readModel: (body, head) => head.model ?? textIn(body.model),
  decodeRequest,
  encodeReply,
  encodeError,
  readFacts,
  editRequest,
  encodeRequest,
  decodeReply,
}
