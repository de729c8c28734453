import { cohereChat } from '../../sidecar/dialect/cohere-chat/cohere-chat.ts'
import { cohereAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: cohereChat,
  recordings: recordingsOf(cohereChat, ['cohere']),
  abilities: cohereAbilities,
})
