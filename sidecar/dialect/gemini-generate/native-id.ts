// Ids of function calls. Google leaves them out on many models and matches answers by name and order; everybody else
// needs them. Derived, never random: the same call has the same id in every request that repeats its history.
import { createHash } from 'node:crypto'

/** An id for a call that came without one. */
export function mintCallId(...origin: readonly (string | number)[]): string {
  return `call_${createHash('sha256').update(origin.join('\n')).digest('hex').slice(0, 24)}`
}

interface OpenCall {
  readonly id: string
  readonly name: string
  readonly isMinted: boolean
}

/** The calls of one conversation, in order, and which of them an answer belongs to. */
export class CallIds {
  readonly #open: OpenCall[] = []
  #count = 0

  called(id: string | undefined, name: string): string {
    // The place in the history identifies a nameless call: a longer history leaves it where it was.
    const call = { id: id ?? mintCallId(this.#count, name), name, isMinted: id === undefined }
    this.#count += 1
    this.#open.push(call)
    return call.id
  }

  /** The call that an answer closes: the one with its id, else the first open one of its name. */
  answered(id: string | undefined, name: string): string {
    const byId = id === undefined ? -1 : this.#open.findIndex(call => call.id === id)
    const byName = this.#open.findIndex(call => call.name === name && (id === undefined || call.isMinted))
    const [closed] = this.#open.splice(byId >= 0 ? byId : byName, byId >= 0 || byName >= 0 ? 1 : 0)
    return closed?.id ?? id ?? this.called(undefined, name)
  }
}
