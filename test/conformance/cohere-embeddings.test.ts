import { cohereEmbeddings } from '../../sidecar/dialect/cohere-embeddings/cohere-embeddings.ts'
import { describeEmbeddings } from './embedding-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeEmbeddings({
  dialect: cohereEmbeddings,
  recordings: recordingsOf(cohereEmbeddings, ['cohere', 'openai-embeddings']),
  model: 'embed-v4.0',
})
