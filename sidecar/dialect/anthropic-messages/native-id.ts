// Ids as this vendor writes them. Derived, never random: the same answer or call has the same id wherever it is written.
import { createHash } from 'node:crypto'

const acceptable = /^[a-zA-Z0-9_-]+$/
const longestId = 64

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24)
}

/** `msg_…` for an answer that came under any vendor's id. */
export function messageId(id: string): string {
  return id.startsWith('msg_') && acceptable.test(id) ? id : `msg_01${digestOf(id)}`
}

/** The id itself where the wire accepts it, so that a caller replays the one that its first provider knows. */
export function toolUseId(id: string): string {
  return id.length <= longestId && acceptable.test(id) ? id : `toolu_01${digestOf(id)}`
}

/** Tool ids of one request: every call gets an id of its own, and results find their call even where a server repeats ids. */
export class ToolIds {
  readonly #assigned = new Map<string, string[]>()
  readonly #answered = new Map<string, number>()

  forCall(id: string): string {
    const earlier = this.#assigned.get(id)
    if (earlier === undefined) {
      const first = toolUseId(id)
      this.#assigned.set(id, [first])
      return first
    }
    const next = `toolu_01${digestOf(`${id}\n${earlier.length}`)}`
    earlier.push(next)
    return next
  }

  /** Results of a repeated id belong to its calls in their order. */
  forResult(callId: string): string {
    const assigned = this.#assigned.get(callId)
    if (assigned === undefined) return toolUseId(callId)
    const answered = this.#answered.get(callId) ?? 0
    this.#answered.set(callId, answered + 1)
    return assigned[Math.min(answered, assigned.length - 1)] ?? toolUseId(callId)
  }
}
