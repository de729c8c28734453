// Marks of what is to be kept: a member of the block that they end with.
import type { CacheControl, JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import { isGiven, memberOf, textIn } from '../json-value.ts'

/** More of them in one request are refused. */
const mostMarks = 4

const lifetimes: ReadonlySet<string> = new Set(['5m', '1h'])

/** The mark of a block as a member of its neutral part; {} without one. */
export function readMark(value: JsonValue | undefined): { readonly cacheControl?: CacheControl } {
  if (!isGiven(value)) return {}
  const ttl = textIn(memberOf(value, 'ttl'))
  return { cacheControl: ttl === undefined ? {} : { ttl } }
}

/** Counts the marks of one request: those past the limit stay behind. */
export class CacheMarks {
  readonly #lost: Set<NeutralParameter | string>
  #count = 0

  constructor(lost: Set<NeutralParameter | string>) {
    this.#lost = lost
  }

  /** The member for a block; {} without a mark. `loss`: how the mark is named where it stays behind. */
  write(mark: CacheControl | undefined, loss: string): JsonObject {
    if (mark === undefined) return {}
    if (this.#count >= mostMarks) {
      this.#lost.add(loss)
      return {}
    }
    this.#count += 1
    const { ttl } = mark
    const isKnown = ttl !== undefined && lifetimes.has(ttl)
    if (ttl !== undefined && !isKnown) this.#lost.add(`${loss}.ttl`)
    return { cache_control: { type: 'ephemeral', ...(isKnown && { ttl }) } }
  }
}
