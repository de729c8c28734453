import { bedrockInvoke } from '../../sidecar/dialect/bedrock-invoke/bedrock-invoke.ts'
import { invokeAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: bedrockInvoke,
  recordings: recordingsOf(bedrockInvoke, ['bedrock']),
  abilities: invokeAbilities,
})
