// What a model's name tells. One wire format, but each generation takes another part of it and answers the rest with a
// 400, which would end the walk. A name that says nothing gets what the format itself describes.

export type ThinkingHabit =
  | { readonly kind: 'none' }
  /** Tokens; `least` 0 where thinking can be switched off. */
  | { readonly kind: 'budget'; readonly least: number; readonly most: number }
  | { readonly kind: 'level'; readonly levels: readonly string[] }

export interface ModelHabits {
  readonly thinking: ThinkingHabit
  /** Penalties and log probabilities, which the current models refuse. */
  readonly takesPenalties: boolean
  /** A fixed form of the answer together with functions. */
  readonly formatsBesideTools: boolean
  /** Media inside the result of a function; else they follow in a turn of their own. */
  readonly mediaInResults: boolean
  /** Refuses function calls in the history that carry no signature. */
  readonly checksSignatures: boolean
}

const everyLevel = ['minimal', 'low', 'medium', 'high'] as const

const general: ModelHabits = {
  thinking: { kind: 'level', levels: everyLevel },
  takesPenalties: true,
  formatsBesideTools: true,
  mediaInResults: true,
  checksSignatures: false,
}

/** @param model as sent; the collection in front of it (`models/`, `publishers/google/models/`) is looked through. */
export function habitsOf(model: string): ModelHabits {
  const name = model.slice(model.lastIndexOf('/') + 1).toLowerCase()
  if (name.startsWith('gemma')) return { ...general, thinking: { kind: 'none' } }
  const generation = generationOf(name)
  if (generation === undefined) return general
  if (generation < 3) {
    return {
      thinking: generation < 2.5 ? { kind: 'none' } : budgetOf(name),
      takesPenalties: generation < 2.5,
      formatsBesideTools: false,
      mediaInResults: false,
      checksSignatures: false,
    }
  }
  return {
    thinking: { kind: 'level', levels: levelsOf(name, generation) },
    takesPenalties: false,
    formatsBesideTools: true,
    mediaInResults: true,
    checksSignatures: true,
  }
}

/** `gemini-2.5-flash` → 2.5; the names without a number are aliases of the newest. */
function generationOf(name: string): number | undefined {
  const numbered = /^gemini-(\d+(?:\.\d+)?)(?:-|$)/.exec(name)
  if (numbered !== null) return Number(numbered[1])
  return /^gemini-(?:flash|pro)(?:-lite)?-latest$/.test(name) ? 3 : undefined
}

function budgetOf(name: string): ThinkingHabit {
  if (name.includes('-pro')) return { kind: 'budget', least: 128, most: 32_768 }
  return { kind: 'budget', least: 0, most: 24_576 }
}

function levelsOf(name: string, generation: number): readonly string[] {
  if (!name.includes('-pro')) return everyLevel
  return generation > 3 ? ['low', 'medium', 'high'] : ['low', 'high']
}
