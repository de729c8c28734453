// What a Claude model takes and another one refuses, told by its name. A 400 would end the walk, so what a model is known to
// refuse stays behind. A name that says nothing gets what the wire itself describes.

export interface ModelHabits {
  /** False: temperature, top_p and top_k are answered with a 400. */
  readonly takesSampling: boolean
  /** An unfinished answer at the end of the conversation is continued. */
  readonly continuesAnswers: boolean
  readonly thinking: ThinkingHabit
}

export type ThinkingHabit =
  | { readonly kind: 'none' }
  /** Tokens that thinking may take. */
  | { readonly kind: 'budget' }
  /** The model decides itself, by the effort that it is asked for. */
  | { readonly kind: 'adaptive'; readonly efforts: readonly string[] }

const general: ModelHabits = { takesSampling: true, continuesAnswers: true, thinking: { kind: 'budget' } }

export function habitsOf(model: string): ModelHabits {
  const version = claudeVersionOf(model)
  if (version === undefined) return general
  return {
    takesSampling: takesSampling(version),
    continuesAnswers: continuesAnswers(version),
    thinking: thinkingOf(version),
  }
}

export function takesSampling(version: number): boolean {
  return version < 4.07
}

export function continuesAnswers(version: number): boolean {
  return version < 4.06
}

/** Models from 3.7 on think; for those from 4.7 on a budget of tokens is refused. */
export function takesBudget(version: number): boolean {
  return version >= 3.07 && version < 4.07
}

const everyEffort = ['low', 'medium', 'high', 'xhigh', 'max'] as const
const firstEfforts = ['low', 'medium', 'high'] as const

function thinkingOf(version: number): ThinkingHabit {
  if (version >= 4.06) return { kind: 'adaptive', efforts: version < 4.07 ? firstEfforts : everyEffort }
  return takesBudget(version) ? { kind: 'budget' } : { kind: 'none' }
}

/** `claude-3-5-haiku-…`, `claude-sonnet-4-5-…`, `claude-opus-4@20250514`: a date is no minor version. */
const numbered = /claude-(?:[a-z]+-)?(\d{1,2})(?:[-.](\d{1,2})(?!\d))?(?![\d.])/
/** Named before numbers were given again; of the time of 4.7. */
const unnumbered = 'claude-mythos-preview'

/** 4.5 is 4.05, so that 4.10 comes after it. Undefined where the name tells none. */
export function claudeVersionOf(model: string): number | undefined {
  const name = model.toLowerCase()
  if (name.includes(unnumbered)) return 4.07
  const found = numbered.exec(name)
  if (found === null) return undefined
  return Number(found[1]) + Number(found[2] ?? 0) / 100
}
