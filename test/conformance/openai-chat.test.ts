import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { openaiAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { readRecordings, recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: openaiChat,
  recordings: [
    ...readRecordings('openai-chat'),
    ...readRecordings('openai-compatible'),
    ...recordingsOf(openaiChat, ['azure-openai']),
  ],
  abilities: openaiAbilities,
})
