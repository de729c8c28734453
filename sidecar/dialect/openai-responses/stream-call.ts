// One function call of a streamed answer. Calls may be open side by side: every event names its own.
import type { JsonObject } from '../completion.ts'
import { isJsonObject, parseLeniently } from '../json-value.ts'
import { callItem, type ItemStatus } from './output-items.ts'
import type { ItemPlace } from './stream-message.ts'
import type { EventWriter } from './write-event.ts'

export class StreamedCall {
  readonly #events: EventWriter
  readonly #id: string
  readonly #callId: string
  readonly #name: string
  readonly #place: string
  readonly index: number
  #text = ''

  constructor(place: ItemPlace, call: { readonly id: string; readonly name: string }) {
    this.#events = place.events
    this.#id = place.id
    this.#callId = call.id
    this.#name = call.name
    this.#place = `"item_id":${JSON.stringify(place.id)},"output_index":${place.index}`
    this.index = place.index
  }

  begin(): string {
    const item = this.#item('', 'in_progress')
    return this.#events.write('response.output_item.added', { output_index: this.index, item })
  }

  extend(text: string): string {
    if (text === '') return ''
    this.#text += text
    return this.#events.writeDelta('response.function_call_arguments.delta', this.#place, text)
  }

  /** Nothing can be missing any more: clients may act on it now. */
  get isComplete(): boolean {
    return this.#text !== '' && isJsonObject(parseLeniently(this.#text))
  }

  /** The events that end it, and the item as a whole. */
  close(status: ItemStatus): { readonly text: string; readonly item: JsonObject } {
    // A call without arguments is a call with `{}`: an empty text would not parse at the client.
    const before = this.#text === '' && status === 'completed' ? this.extend('{}') : ''
    const item = this.#item(this.#text, status)
    const done = this.#events.write('response.function_call_arguments.done', {
      item_id: this.#id,
      output_index: this.index,
      name: this.#name,
      arguments: this.#text,
    })
    const ended = this.#events.write('response.output_item.done', { output_index: this.index, item })
    return { text: before + done + ended, item }
  }

  #item(text: string, status: ItemStatus): JsonObject {
    return callItem({ id: this.#id, callId: this.#callId, name: this.#name, text }, status)
  }
}
