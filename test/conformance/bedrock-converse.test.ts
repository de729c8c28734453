import { bedrockConverse } from '../../sidecar/dialect/bedrock-converse/bedrock-converse.ts'
import { bedrockAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: bedrockConverse,
  recordings: recordingsOf(bedrockConverse, ['bedrock']),
  abilities: bedrockAbilities,
})
