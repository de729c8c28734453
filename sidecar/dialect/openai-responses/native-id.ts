// Ids as this vendor writes and takes them.
import { createHash } from 'node:crypto'

/** An answer id as the vendor's clients know it: `resp_…`. */
export function nativeReplyId(id: string): string {
  if (id.startsWith('resp_')) return id
  return `resp_${id.replace(/^(?:msg|chatcmpl|gen)[_-]/, '')}`
}

/** What the wire takes for the id of a call. */
const acceptable = /^[a-zA-Z0-9_-]{1,64}$/

/** Call ids of one request: every call gets an id of its own, and results find their call even where a server repeats ids. */
export class CallIds {
  readonly #assigned = new Map<string, string[]>()
  readonly #answered = new Map<string, number>()

  forCall(id: string): string {
    const earlier = this.#assigned.get(id) ?? []
    const native = earlier.length === 0 ? nativeCallId(id) : digestedId(`${id}\n${earlier.length}`)
    this.#assigned.set(id, [...earlier, native])
    return native
  }

  /** Results of a repeated id belong to its calls in their order. */
  forResult(callId: string): string {
    const assigned = this.#assigned.get(callId) ?? []
    const answered = this.#answered.get(callId) ?? 0
    this.#answered.set(callId, answered + 1)
    return assigned[Math.min(answered, assigned.length - 1)] ?? nativeCallId(callId)
  }
}

/** The id itself where the wire accepts it, so that a caller replays the one that its first provider knows. */
function nativeCallId(id: string): string {
  return acceptable.test(id) ? id : digestedId(id)
}

function digestedId(text: string): string {
  return `call_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`
}
