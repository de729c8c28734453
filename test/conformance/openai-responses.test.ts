import { openaiResponses } from '../../sidecar/dialect/openai-responses/openai-responses.ts'
import { responsesAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { readRecordings, recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: openaiResponses,
  recordings: [...readRecordings('openai-responses'), ...recordingsOf(openaiResponses, ['azure-openai'])],
  abilities: responsesAbilities,
})
