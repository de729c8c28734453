import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { openaiAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'

describeDialect({
  dialect: openaiChat,
  folders: ['openai-chat', 'openai-compatible'],
  abilities: openaiAbilities,
})
