// The items of an answer that is being streamed: opened in order, closed when the next thing begins.
import type { Citation, JsonObject, StreamPart, TokenLogprob } from '../completion.ts'
import { type ItemStatus, itemId } from './output-items.ts'
import { StreamedCall } from './stream-call.ts'
import { type ItemPlace, StreamedMessage } from './stream-message.ts'
import { StreamedReasoning } from './stream-reasoning.ts'
import type { EventWriter } from './write-event.ts'

/** The item that is being written; calls have a life of their own. */
type Current =
  | { readonly kind: 'message'; readonly index: number; readonly item: StreamedMessage }
  | { readonly kind: 'reasoning'; readonly index: number; readonly item: StreamedReasoning }

export class StreamedOutput {
  readonly #events: EventWriter
  readonly #replyId: string
  /** By place in the output; filled as items end. */
  readonly #items: JsonObject[] = []
  #count = 0
  #current: Current | undefined
  /** By the running number of the call. */
  readonly #calls = new Map<number, StreamedCall>()

  constructor(events: EventWriter, replyId: string) {
    this.#events = events
    this.#replyId = replyId
  }

  /** Everything that has ended. */
  get items(): readonly JsonObject[] {
    return this.#items
  }

  say(kind: 'text' | 'refusal', text: string): string {
    if (this.#current?.kind === 'message') return this.#current.item.say(kind, text)
    const before = this.#closeCurrent('completed')
    const place = this.#nextPlace('message')
    const item = new StreamedMessage(place)
    this.#current = { kind: 'message', index: place.index, item }
    return before + item.begin() + item.say(kind, text)
  }

  reason(text: string): string {
    if (this.#current?.kind === 'reasoning') return this.#current.item.say(text)
    const before = this.#closeCurrent('completed')
    const place = this.#nextPlace('reasoning')
    const item = new StreamedReasoning(place)
    this.#current = { kind: 'reasoning', index: place.index, item }
    return before + item.begin() + item.say(text)
  }

  cite(citation: Citation): string {
    return this.#current?.kind === 'message' ? this.#current.item.cite(citation) : ''
  }

  addLogprobs(logprobs: readonly TokenLogprob[]): void {
    if (this.#current?.kind === 'message') this.#current.item.addLogprobs(logprobs)
  }

  startCall({ block, id, name }: Extract<StreamPart, { kind: 'toolCallStart' }>): string {
    if (this.#calls.has(block)) return ''
    let before = this.#closeCurrent('completed')
    for (const [open, call] of this.#calls) {
      if (call.isComplete) before += this.#closeCall(open, call, 'completed')
    }
    const call = new StreamedCall(this.#nextPlace('functionCall'), { id, name })
    this.#calls.set(block, call)
    return before + call.begin()
  }

  /** Of a call that has been closed there can be blanks only, which are left out. */
  extendCall(block: number, text: string): string {
    return this.#calls.get(block)?.extend(text) ?? ''
  }

  /** What is open now is all that an end before its time can have cut. */
  closeAll(status: ItemStatus): string {
    let written = this.#closeCurrent(status)
    for (const [block, call] of this.#calls) {
      written += this.#closeCall(block, call, call.isComplete ? 'completed' : status)
    }
    return written
  }

  #nextPlace(kind: Parameters<typeof itemId>[0]): ItemPlace {
    const index = this.#count++
    return { events: this.#events, index, id: itemId(kind, this.#replyId, index) }
  }

  #closeCurrent(status: ItemStatus): string {
    const current = this.#current
    if (current === undefined) return ''
    this.#current = undefined
    const { text, item } = current.item.close(status)
    this.#items[current.index] = item
    return text
  }

  #closeCall(block: number, call: StreamedCall, status: ItemStatus): string {
    const { text, item } = call.close(status)
    this.#items[call.index] = item
    this.#calls.delete(block)
    return text
  }
}
