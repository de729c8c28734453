import { geminiEmbeddings } from '../../sidecar/dialect/gemini-embeddings/gemini-embeddings.ts'
import { describeEmbeddings } from './embedding-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeEmbeddings({
  dialect: geminiEmbeddings,
  recordings: recordingsOf(geminiEmbeddings, ['gemini']),
  model: 'gemini-embedding-001',
})
