// How many tokens a prompt is, without a tokenizer: a ratio per model, learned from what the providers themselves count.

/** What is known of a prompt before it is sent. */
export interface PromptSize {
  /** Characters of text that become tokens. */
  readonly textCharacters: number
  /** Images, audio and files, which are counted apart. */
  readonly mediaParts: number
}

export interface TokenEstimatorSettings {
  /** Models to remember; the one met first is forgotten first. */
  readonly maxModels: number
  /** Factor on every estimate: above 1 for those who would rather reserve too much. */
  readonly pessimism: number
}

interface Learned {
  /** Moving average of characters per token. */
  readonly average: number
  /** The most characters per token seen lately. */
  readonly highest: number
  readonly samples: number
}

/** Characters per token of ordinary English prose, for a model that nobody has used yet. */
const usualRatio = 4
/** Few real prompts pack more than this into a token: the count for "surely too large" while a model is unknown. */
const mostGenerousRatio = 10
/** Once a model is known, other text than that of its samples may still be so much lighter. */
const generousFloor = 5
const tokensPerMediaPart = 1000
const averagingWeight = 0.2
/** Below this, fixed overhead (roles, tool preambles) drowns the ratio. */
const fewestCharactersToLearn = 200
const fewestSamplesToTrust = 5

export class TokenEstimator {
  readonly #settings: TokenEstimatorSettings
  readonly #learned = new Map<string, Learned>()

  constructor(settings: Partial<TokenEstimatorSettings> = {}) {
    this.#settings = { maxModels: 500, pessimism: 1, ...settings }
  }

  /** Expected input tokens, rounded up. */
  estimate(model: string, size: PromptSize): number {
    const ratio = this.#learned.get(model)?.average ?? usualRatio
    const tokens = size.textCharacters / ratio + size.mediaParts * tokensPerMediaPart
    return Math.ceil(tokens * this.#settings.pessimism)
  }

  /** Input tokens that this prompt has by the most favourable count; media is taken to cost nothing. */
  atLeast(model: string, size: PromptSize): number {
    const learned = this.#learned.get(model)
    if (learned === undefined || learned.samples < fewestSamplesToTrust) {
      return Math.floor(size.textCharacters / mostGenerousRatio)
    }
    const ratio = Math.max(generousFloor, learned.average * 1.5, learned.highest * 1.1)
    return Math.floor(size.textCharacters / ratio)
  }

  /** True only when the prompt cannot fit: in doubt the provider decides. */
  certainlyExceeds(model: string, size: PromptSize, windowTokens: number): boolean {
    return this.atLeast(model, size) > windowTokens
  }

  /** A provider counted `inputTokens` (cached ones included) for a prompt of this size. */
  learn(model: string, size: PromptSize, inputTokens: number): void {
    if (size.mediaParts > 0 || size.textCharacters < fewestCharactersToLearn) return
    const ratio = size.textCharacters / inputTokens
    // A provider that counts nonsense teaches nothing.
    if (!(ratio >= 0.1 && ratio <= 100)) return
    const known = this.#learned.get(model)
    if (known === undefined) this.#makeRoom()
    this.#learned.set(model, known === undefined ? firstSample(ratio) : blend(known, ratio))
  }

  /** The model that was met first goes first: which one hardly matters, that there is a bound does. */
  #makeRoom(): void {
    if (this.#learned.size < this.#settings.maxModels) return
    const oldest = this.#learned.keys().next()
    if (!oldest.done) this.#learned.delete(oldest.value)
  }
}

function firstSample(ratio: number): Learned {
  return { average: ratio, highest: ratio, samples: 1 }
}

function blend(known: Learned, ratio: number): Learned {
  const average = known.average + averagingWeight * (ratio - known.average)
  // The peak sinks slowly towards the average, so that one odd prompt is not remembered for ever.
  const fading = known.highest - 0.01 * (known.highest - average)
  return { average, highest: Math.max(ratio, fading), samples: known.samples + 1 }
}
