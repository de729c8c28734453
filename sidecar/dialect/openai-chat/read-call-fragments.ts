// Tool calls arrive in fragments that name their call by `index`, or whole, or without an index, or with everybody at
// index 0. This file decides which call a fragment belongs to.
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import { isJsonObject, numberIn, textIn } from '../json-value.ts'
import { mintCallId, rawArguments } from './decode-reply.ts'

interface OpenCall {
  readonly block: number
  readonly id: string
  /** Absent until the name has come: a call without one cannot be announced. */
  name?: string
  /** Arguments that came before the name. */
  waiting: string
}

/** The calls of one choice of one stream. */
export class CallFragments {
  readonly #replyId: string
  readonly #choice: number
  /** By the server's own index. */
  readonly #byIndex = new Map<number, OpenCall>()
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
    const call = this.#callOf(numberIn(fragment.index), id, name)
    this.#extend(call, name, text, parts)
  }

  /** The single call of the time before tools. */
  readLegacy(called: JsonObject, parts: StreamPart[]): void {
    const call = this.#byIndex.get(0) ?? this.#open(0, undefined)
    this.#extend(call, textIn(called.name), rawArguments(called.arguments), parts)
  }

  #callOf(index: number | undefined, id: string | undefined, name: string | undefined): OpenCall {
    const known = index === undefined ? this.#last : this.#byIndex.get(index)
    if (known === undefined) return this.#open(index ?? this.#count, id)
    // A new id together with a name is a new call, though its index was used before.
    const isAnother = id !== undefined && id !== known.id && name !== undefined && known.name !== undefined
    return isAnother ? this.#open(index ?? this.#count, id) : known
  }

  #open(index: number, id: string | undefined): OpenCall {
    const block = this.#count
    const call: OpenCall = { block, id: id ?? mintCallId(this.#replyId, block), waiting: '' }
    this.#count += 1
    this.#byIndex.set(index, call)
    this.#last = call
    return call
  }

  #extend(call: OpenCall, name: string | undefined, text: string, parts: StreamPart[]): void {
    const choice = this.#choice
    if (call.name === undefined) {
      if (name === undefined) {
        call.waiting += text
        return
      }
      call.name = name
      parts.push({ kind: 'toolCallStart', choice, block: call.block, id: call.id, name })
      const begun = call.waiting + text
      if (begun !== '') parts.push({ kind: 'toolCallArguments', choice, block: call.block, text: begun })
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
