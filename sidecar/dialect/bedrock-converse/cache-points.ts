// Marks of what is to be kept become points behind it, as far as the model knows them.
import type { CacheControl, JsonObject, NeutralParameter } from '../completion.ts'

/** More of them in one request are refused. */
const mostPoints = 4

export class CachePoints {
  readonly #isKnown: boolean
  readonly #lost: Set<NeutralParameter | string>
  #count = 0

  constructor(lost: Set<NeutralParameter | string>, model: { readonly cachesPrompts: boolean }) {
    this.#lost = lost
    this.#isKnown = model.cachesPrompts
  }

  /** The block that follows what bears the mark; [] without one. `loss`: how the mark is named where it stays behind. */
  after(mark: CacheControl | undefined, loss: string): readonly JsonObject[] {
    if (mark === undefined) return []
    if (!this.#isKnown || this.#count >= mostPoints) {
      this.#lost.add(loss)
      return []
    }
    this.#count += 1
    // Which models keep something for longer than five minutes no id tells.
    if (mark.ttl !== undefined && mark.ttl !== '5m') this.#lost.add(`${loss}.ttl`)
    return [{ cachePoint: { type: 'default' } }]
  }
}
