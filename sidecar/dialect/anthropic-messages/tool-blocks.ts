// Tool calls in a message stream. Elsewhere the pieces of several calls may interleave; here a block is closed before the next
// one opens. A call is closed early only when its arguments are complete; later calls are held back until then.
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

  start(starting: StartingCall): string {
    const call: Call = { ...starting, text: '' }
    this.#count += 1
    if (this.#open === undefined) {
      this.#open = call
      return writeStart(call)
    }
    this.#heldBack.push(call)
    return this.#heldBack.length === 1 && isComplete(this.#open.text) ? this.#advance() : ''
  }

  /** A piece of arguments. For a call that was closed already it can be blanks only, and is left out. */
  append(call: number, text: string): string {
    if (text === '') return ''
    if (this.#open?.call === call) {
      this.#open.text += text
      return writeArguments(this.#open.index, text)
    }
    const held = this.#heldBack.find(candidate => candidate.call === call)
    if (held !== undefined) held.text += text
    return ''
  }

  closeAll(): string {
    let written = ''
    while (this.#open !== undefined) written += this.#advance()
    return written
  }

  /** Closes the open block and opens the next held-back one, with what it has so far. */
  #advance(): string {
    const closing = this.#open
    this.#open = this.#heldBack.shift()
    const opening = this.#open
    let written = ''
    if (closing !== undefined) {
      // Clients read the absence of arguments as an empty object only after a piece of them.
      if (closing.text === '') written += writeArguments(closing.index, '{}')
      written += `event: content_block_stop\ndata: {"type":"content_block_stop","index":${closing.index}}\n\n`
    }
    if (opening === undefined) return written
    written += writeStart(opening)
    return opening.text === '' ? written : written + writeArguments(opening.index, opening.text)
  }
}

function isComplete(text: string): boolean {
  return text !== '' && parseArguments(text) !== undefined
}

function writeStart(call: Call): string {
  const id = JSON.stringify(toolUseId(call.id))
  return `event: content_block_start\ndata: {"type":"content_block_start","index":${call.index},"content_block":{"type":"tool_use","id":${id},"name":${JSON.stringify(call.name)},"input":{}}}\n\n`
}

function writeArguments(index: number, text: string): string {
  return `event: content_block_delta\ndata: {"type":"content_block_delta","index":${index},"delta":{"type":"input_json_delta","partial_json":${JSON.stringify(text)}}}\n\n`
}
