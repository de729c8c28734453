import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { anthropicAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: anthropicMessages,
  recordings: recordingsOf(anthropicMessages, ['anthropic']),
  abilities: anthropicAbilities,
})
