import { bedrockEmbeddings } from '../../sidecar/dialect/bedrock-embeddings/bedrock-embeddings.ts'
import { describeEmbeddings } from './embedding-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeEmbeddings({
  dialect: bedrockEmbeddings,
  recordings: recordingsOf(bedrockEmbeddings, ['bedrock']),
  model: 'cohere.embed-english-v3',
})
