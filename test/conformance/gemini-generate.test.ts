import { geminiGenerate } from '../../sidecar/dialect/gemini-generate/gemini-generate.ts'
import { geminiAbilities } from './abilities.ts'
import { describeDialect } from './dialect-suite.ts'
import { recordingsOf } from './read-recordings.ts'

describeDialect({
  dialect: geminiGenerate,
  recordings: recordingsOf(geminiGenerate, ['gemini']),
  abilities: geminiAbilities,
})
