import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { anthropicAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'

describeDialect({ dialect: anthropicMessages, folders: ['anthropic'], abilities: anthropicAbilities })
