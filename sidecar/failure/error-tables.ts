// Which table of errors belongs to which dialect. A new dialect adds its own file and its line here.
import type { DialectName } from '../../crds/vocabulary.ts'
import { anthropicErrors, anthropicStatusOfWord } from './anthropic-errors.ts'
import type { ErrorRule } from './error-rules.ts'
import { openAiErrors, openAiStatusOfWord } from './openai-errors.ts'

export interface ErrorTable {
  readonly rules: readonly ErrorRule[]
  /** The HTTP status that a type or code stands for, when an error inside a 200 has no other. */
  readonly statusOfWord: Readonly<Record<string, number>>
}

const openAi: ErrorTable = { rules: openAiErrors, statusOfWord: openAiStatusOfWord }
const anthropic: ErrorTable = { rules: anthropicErrors, statusOfWord: anthropicStatusOfWord }
/** A dialect without a table of its own is judged by status. */
const statusOnly: ErrorTable = { rules: [], statusOfWord: {} }

const tables: Readonly<Partial<Record<DialectName, ErrorTable>>> = {
  OpenAI: openAi,
  AzureOpenAI: openAi,
  Anthropic: anthropic,
}

export function errorTableOf(dialect: DialectName): ErrorTable {
  return tables[dialect] ?? statusOnly
}
