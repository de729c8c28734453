// Some servers give the calls of one turn the same id, or an empty one. Their own API matches results by order; everywhere
// else two calls must not share an id.
import type { Message } from './completion.ts'

/** The messages as they are where no turn repeats an id. Derived, never random: equal histories give equal ids. */
export function separateCallIds(messages: readonly Message[]): readonly Message[] {
  return messages.some(repeatsAnId) ? new Separation(messages).messages() : messages
}

function repeatsAnId({ content }: Message): boolean {
  const ids = content.flatMap(part => (part.kind === 'toolCall' ? [part.id] : []))
  return ids.includes('') || new Set(ids).size < ids.length
}

class Separation {
  readonly #messages: readonly Message[]
  readonly #taken: Set<string>
  /** Ids of the calls that wait for their results, by the id that the caller wrote. */
  #open = new Map<string, string[]>()

  constructor(messages: readonly Message[]) {
    this.#messages = messages
    const all = messages.flatMap(({ content }) => content)
    this.#taken = new Set(all.flatMap(part => (part.kind === 'toolCall' ? [part.id] : [])))
  }

  messages(): readonly Message[] {
    return this.#messages.map(message => {
      if (message.role === 'assistant') this.#open = new Map()
      const content = message.content.map(part => {
        if (part.kind === 'toolCall') return { ...part, id: this.#called(part.id) }
        return part.kind === 'toolResult' ? { ...part, callId: this.#answered(part.callId) } : part
      })
      return { ...message, content }
    })
  }

  #called(id: string): string {
    const waiting = this.#open.get(id) ?? []
    const own = waiting.length === 0 && id !== '' ? id : this.#freeId(id === '' ? 'call' : id)
    this.#open.set(id, [...waiting, own])
    return own
  }

  /** Results come in the order of their calls. */
  #answered(id: string): string {
    return this.#open.get(id)?.shift() ?? id
  }

  #freeId(id: string): string {
    let number = 1
    while (this.#taken.has(`${id}_${number}`)) number += 1
    const free = `${id}_${number}`
    this.#taken.add(free)
    return free
  }
}
