// Which table of errors belongs to which dialect. A new dialect adds its own file and its line here.
import type { DialectName } from '../../crds/vocabulary.ts'
import { anthropicErrors, anthropicStatusOfWord } from './anthropic-errors.ts'
import { azureErrors, azureStatusOfWord } from './azure-errors.ts'
import { bedrockErrors, bedrockStatusOfWord } from './bedrock-errors.ts'
import { cohereErrors, cohereStatusOfWord } from './cohere-errors.ts'
import type { ErrorRule } from './error-rules.ts'
import { geminiErrors, geminiStatusOfWord } from './gemini-errors.ts'
import { openAiErrors, openAiStatusOfWord } from './openai-errors.ts'

export interface ErrorTable {
  readonly rules: readonly ErrorRule[]
  /** The HTTP status that a type or code stands for, when an error inside a 200 has no other. */
  readonly statusOfWord: Readonly<Record<string, number>>
}

const openAi: ErrorTable = { rules: openAiErrors, statusOfWord: openAiStatusOfWord }
const azure: ErrorTable = { rules: azureErrors, statusOfWord: azureStatusOfWord }
const anthropic: ErrorTable = { rules: anthropicErrors, statusOfWord: anthropicStatusOfWord }
const bedrock: ErrorTable = { rules: bedrockErrors, statusOfWord: bedrockStatusOfWord }
const gemini: ErrorTable = { rules: geminiErrors, statusOfWord: geminiStatusOfWord }
const cohere: ErrorTable = { rules: cohereErrors, statusOfWord: cohereStatusOfWord }
/** A dialect without a table of its own is judged by status. */
const statusOnly: ErrorTable = { rules: [], statusOfWord: {} }

const tables: Readonly<Partial<Record<DialectName, ErrorTable>>> = {
  OpenAI: openAi,
  AzureOpenAI: azure,
  Anthropic: anthropic,
  Gemini: gemini,
  Bedrock: bedrock,
  Cohere: cohere,
}

export function errorTableOf(dialect: DialectName): ErrorTable {
  return tables[dialect] ?? statusOnly
}
