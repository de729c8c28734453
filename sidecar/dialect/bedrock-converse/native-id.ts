// Ids of tool calls as this vendor accepts them. Derived, never random: the same call has the same id wherever it is written.
import { createHash } from 'node:crypto'

const acceptable = /^[a-zA-Z0-9_-]+$/
const longestId = 64

function derived(text: string): string {
  return `tooluse_${createHash('sha256').update(text).digest('base64url').slice(0, 22)}`
}

/** The id itself where the wire accepts it, so that a caller replays the one that its first provider knows. */
export function toolUseId(id: string): string {
  return id.length <= longestId && acceptable.test(id) ? id : derived(id)
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
    const next = derived(`${id}\n${earlier.length}`)
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
