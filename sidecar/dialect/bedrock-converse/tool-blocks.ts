// Tool calls in a stream of frames. Elsewhere the pieces of several calls may interleave; here a block is closed before the
// next one opens. A call is closed early only when its arguments are complete; later calls are held back until then.
import type { AwsEvent } from '../aws-event-stream-writer.ts'
import { parseArguments } from './json-reading.ts'
import { toolUseId } from './native-id.ts'

export interface StartingCall {
  /** Running number of the call in its answer. */
  readonly call: number
  /** Index of its block on the wire. */
  readonly index: number
  readonly id: string
  readonly name: string
}

interface Call extends StartingCall {
  text: string
}

export class ToolBlocks {
  /** The call whose block is open on the wire. */
  #open: Call | undefined
  readonly #heldBack: Call[] = []
  #count = 0

  get hasCalls(): boolean {
    return this.#count > 0
  }

  start(starting: StartingCall): readonly AwsEvent[] {
    const call: Call = { ...starting, text: '' }
    this.#count += 1
    if (this.#open === undefined) {
      this.#open = call
      return [startEvent(call)]
    }
    this.#heldBack.push(call)
    return this.#heldBack.length === 1 && isComplete(this.#open.text) ? this.#advance() : []
  }

  /** A piece of arguments. For a call that was closed already it can be blanks only, and is left out. */
  append(call: number, text: string): readonly AwsEvent[] {
    if (text === '') return []
    if (this.#open?.call === call) {
      this.#open.text += text
      return [argumentsEvent(this.#open.index, text)]
    }
    const held = this.#heldBack.find(candidate => candidate.call === call)
    if (held !== undefined) held.text += text
    return []
  }

  closeAll(): readonly AwsEvent[] {
    const events: AwsEvent[] = []
    while (this.#open !== undefined) events.push(...this.#advance())
    return events
  }

  /** Closes the open block and opens the next held-back one, with what it has so far. */
  #advance(): readonly AwsEvent[] {
    const closing = this.#open
    this.#open = this.#heldBack.shift()
    const opening = this.#open
    const events: AwsEvent[] = []
    if (closing !== undefined) {
      // Clients parse what the pieces add up to, and nothing is no JSON.
      if (closing.text === '') events.push(argumentsEvent(closing.index, '{}'))
      events.push(stopEvent(closing.index))
    }
    if (opening === undefined) return events
    events.push(startEvent(opening))
    if (opening.text !== '') events.push(argumentsEvent(opening.index, opening.text))
    return events
  }
}

function isComplete(text: string): boolean {
  return text !== '' && parseArguments(text) !== undefined
}

function startEvent({ index, id, name }: Call): AwsEvent {
  const toolUse = { toolUseId: toolUseId(id), name }
  return { name: 'contentBlockStart', payload: { contentBlockIndex: index, start: { toolUse } } }
}

function argumentsEvent(index: number, input: string): AwsEvent {
  return { name: 'contentBlockDelta', payload: { contentBlockIndex: index, delta: { toolUse: { input } } } }
}

export function stopEvent(index: number): AwsEvent {
  return { name: 'contentBlockStop', payload: { contentBlockIndex: index } }
}
