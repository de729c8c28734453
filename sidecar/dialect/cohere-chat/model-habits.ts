// What a model's name tells about what it takes: only some of the vendor's models think, and the others refuse to be told how.

export interface ModelHabits {
  /** `thinking` is understood. */
  readonly reasons: boolean
}

const reasoningModel = /reasoning|command-a-plus|north-/

export function habitsOf(model: string): ModelHabits {
  return { reasons: reasoningModel.test(model.toLowerCase()) }
}
