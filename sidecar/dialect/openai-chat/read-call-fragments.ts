// Tool calls arrive in fragments that name their call by `index`, or whole, or without an index, or with everybody at
// index 0. This file decides which call a fragment belongs to.
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import { isJsonObject, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { mintCallId, rawArguments } from './decode-reply.ts'

interface OpenCall {
  readonly block: number
  readonly id: string
  /** The server's own id, where it gave one. */
  readonly given: string | undefined
  /** Absent until the name has come: a call without one cannot be announced. */
  name?: string
  /** Arguments so far. Those that came before the name have not been told yet. */
  text: string
  /** They end as an object does: worth the look whether they are one. */
  mayBeWhole: boolean
}

interface Fragment {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly text: string
}

/**
 * A named fragment is a new call, though its place was used before: with an id of its own, or, from servers that give none,
 * when the call there is complete. A server that repeats the name in every piece says nothing new by it.
 */
function beginsAnother({ id, name, text }: Fragment, known: OpenCall): boolean {
  if (name === undefined || known.name === undefined) return false
  if (id !== undefined) return id !== known.given
  return name !== known.name || (text !== '' && known.mayBeWhole && isJsonObject(parseLeniently(known.text)))
}

/** The calls of one choice of one stream. */
export class CallFragments {
  readonly #replyId: string
  readonly #choice: number
  /** By the server's own index. */
  readonly #byIndex = new Map<number, OpenCall>()
  readonly #ids = new Set<string>()
  #last: OpenCall | undefined
  #count = 0

  constructor(replyId: string, choice: number) {
    this.#replyId = replyId
    this.#choice = choice
  }

  /** Calls seen so far. */
  get count(): number {
    return this.#count
  }

  read(fragment: JsonValue, parts: StreamPart[]): void {
    if (!isJsonObject(fragment)) return
    if (!isJsonObject(fragment.function)) {
      this.#readForeign(fragment, parts)
      return
    }
    const called = fragment.function
    const id = textIn(fragment.id)
    const name = textIn(called.name)
    const text = rawArguments(called.arguments)
    // Some servers send fragments that say nothing at all.
    if (id === undefined && name === undefined && text === '') return
    const call = this.#callOf(numberIn(fragment.index), { id, name, text })
    this.#extend(call, name, text, parts)
  }

  /** The single call of the time before tools. */
  readLegacy(called: JsonObject, parts: StreamPart[]): void {
    const call = this.#byIndex.get(0) ?? this.#open(0, undefined)
    this.#extend(call, textIn(called.name), rawArguments(called.arguments), parts)
  }

  #callOf(index: number | undefined, fragment: Fragment): OpenCall {
    const known = index === undefined ? this.#last : this.#byIndex.get(index)
    if (known !== undefined && !beginsAnother(fragment, known)) return known
    return this.#open(index ?? this.#count, fragment.id)
  }

  #open(index: number, id: string | undefined): OpenCall {
    const block = this.#count
    const isOwn = id !== undefined && !this.#ids.has(id)
    const ownId = isOwn ? id : mintCallId(this.#replyId, block)
    const call: OpenCall = { block, id: ownId, given: id, text: '', mayBeWhole: false }
    this.#ids.add(call.id)
    this.#count += 1
    this.#byIndex.set(index, call)
    this.#last = call
    return call
  }

  #extend(call: OpenCall, name: string | undefined, text: string, parts: StreamPart[]): void {
    const choice = this.#choice
    call.text += text
    if (text.trim() !== '') call.mayBeWhole = text.trimEnd().endsWith('}')
    if (call.name === undefined) {
      if (name === undefined) return
      call.name = name
      parts.push({ kind: 'toolCallStart', choice, block: call.block, id: call.id, name })
      if (call.text !== '')
        parts.push({ kind: 'toolCallArguments', choice, block: call.block, text: call.text })
      return
    }
    if (text !== '') parts.push({ kind: 'toolCallArguments', choice, block: call.block, text })
  }

  /** A call of a kind that only its own vendor's clients understand. */
  #readForeign(fragment: JsonObject, parts: StreamPart[]): void {
    const kind = textIn(fragment.type)
    if (kind !== undefined && kind !== 'function')
      parts.push({ kind: 'other', choice: this.#choice, itemKind: kind })
  }
}
