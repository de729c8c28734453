// One reasoning item of a streamed answer: a summary of one part.
import type { JsonObject } from '../completion.ts'
import { reasoningItem, summaryContent } from './output-items.ts'
import type { ItemPlace } from './stream-message.ts'
import type { EventWriter } from './write-event.ts'

export class StreamedReasoning {
  readonly #events: EventWriter
  readonly #id: string
  readonly #index: number
  readonly #place: string
  #text = ''

  constructor({ events, id, index }: ItemPlace) {
    this.#events = events
    this.#id = id
    this.#index = index
    this.#place = `"item_id":${JSON.stringify(id)},"output_index":${index},"summary_index":0`
  }

  begin(): string {
    const item = reasoningItem(this.#id, undefined)
    const added = this.#events.write('response.output_item.added', { output_index: this.#index, item })
    return added + this.#write('response.reasoning_summary_part.added', { part: summaryContent('') })
  }

  say(text: string): string {
    this.#text += text
    return this.#events.writeDelta('response.reasoning_summary_text.delta', this.#place, text)
  }

  /** The events that end it, and the item as a whole. */
  close(): { readonly text: string; readonly item: JsonObject } {
    const item = reasoningItem(this.#id, this.#text)
    const text =
      this.#write('response.reasoning_summary_text.done', { text: this.#text }) +
      this.#write('response.reasoning_summary_part.done', { part: summaryContent(this.#text) }) +
      this.#events.write('response.output_item.done', { output_index: this.#index, item })
    return { text, item }
  }

  #write(type: string, fields: JsonObject): string {
    return this.#events.write(type, {
      item_id: this.#id,
      output_index: this.#index,
      summary_index: 0,
      ...fields,
    })
  }
}
