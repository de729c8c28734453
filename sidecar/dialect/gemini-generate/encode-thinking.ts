// How much a model is to think: as tokens for one generation, as a level for the next.
import type { JsonObject, ReasoningWish } from '../completion.ts'
import type { Lost } from './encode-parts.ts'
import type { ModelHabits, ThinkingHabit } from './model-habits.ts'

/** Undefined where nothing is wished or nothing can be said. */
export function encodeThinking(
  wish: ReasoningWish | undefined,
  habits: ModelHabits,
  lost: Lost,
): JsonObject | undefined {
  if (wish === undefined) return undefined
  const { thinking } = habits
  const said = thinking.kind === 'none' ? undefined : settingFor(wish, thinking)
  if (said === undefined) {
    if (wish.effort !== 'none') lost.add('reasoning')
    return undefined
  }
  if (!said.isExact) lost.add('reasoning')
  // Who asks for reasoning may read it; the tokens are paid either way.
  return wish.effort === 'none' ? said.setting : { ...said.setting, includeThoughts: true }
}

interface Setting {
  readonly setting: JsonObject
  readonly isExact: boolean
}

function settingFor(
  wish: ReasoningWish,
  thinking: Exclude<ThinkingHabit, { kind: 'none' }>,
): Setting | undefined {
  if (thinking.kind === 'budget') return budgetFor(wish, thinking)
  if (wish.effort !== undefined) return levelFor(wish, wish.effort, thinking.levels)
  return wish.budgetTokens === undefined ? undefined : budgetSetting(wish.budgetTokens, true)
}

function budgetSetting(thinkingBudget: number, isExact: boolean): Setting {
  return { setting: { thinkingBudget }, isExact }
}

/** Tokens for an effort, as Google's own front for OpenAI's clients counts them. */
const budgets: Readonly<Record<string, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: Number.MAX_SAFE_INTEGER,
  max: Number.MAX_SAFE_INTEGER,
}

function budgetFor(
  { effort, budgetTokens }: ReasoningWish,
  { least, most }: { readonly least: number; readonly most: number },
): Setting | undefined {
  const known = effort !== undefined && Object.hasOwn(budgets, effort) ? budgets[effort] : undefined
  const wanted = budgetTokens ?? known
  if (wanted === undefined) return undefined
  const fitting = Math.min(most, Math.max(least, wanted))
  const isExact = budgetTokens === undefined ? wanted >= least : fitting === wanted && effort === undefined
  return budgetSetting(fitting, isExact)
}

const efforts: readonly string[] = ['minimal', 'low', 'medium', 'high']

/** The level itself, or the next one that the model has. */
function levelFor(wish: ReasoningWish, effort: string, levels: readonly string[]): Setting | undefined {
  const isExact = levels.includes(effort) && wish.budgetTokens === undefined
  const known = effort === 'none' ? 0 : efforts.indexOf(effort)
  if (known < 0 && effort !== 'xhigh' && effort !== 'max') return undefined
  const from = known < 0 ? efforts.length - 1 : known
  const thinkingLevel = efforts.slice(from).find(level => levels.includes(level)) ?? 'high'
  return { setting: { thinkingLevel }, isExact }
}
