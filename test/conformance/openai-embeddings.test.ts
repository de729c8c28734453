import { openaiEmbeddings } from '../../sidecar/dialect/openai-embeddings/openai-embeddings.ts'
import { describeEmbeddings } from './embedding-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeEmbeddings({
  dialect: openaiEmbeddings,
  recordings: recordingsOf(openaiEmbeddings, ['openai-embeddings', 'azure-openai']),
  model: 'text-embedding-3-small',
})
