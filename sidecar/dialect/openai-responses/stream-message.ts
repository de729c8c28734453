// One message of a streamed answer: content parts one after the other, each with a beginning, pieces and an end.
import type { Citation, JsonObject, TokenLogprob } from '../completion.ts'
import { writeAnnotation } from './annotations.ts'
import { writeLogprobs } from './logprobs.ts'
import { type ItemStatus, messageItem, refusalContent, textContent } from './output-items.ts'
import type { EventWriter } from './write-event.ts'

type ContentKind = 'text' | 'refusal'

interface OpenContent {
  readonly kind: ContentKind
  /** Where its events belong, as JSON members. */
  readonly place: string
  readonly annotations: JsonObject[]
  readonly logprobs: JsonObject[]
  text: string
}

export interface ItemPlace {
  readonly events: EventWriter
  readonly id: string
  /** Its place in the output. */
  readonly index: number
}

export class StreamedMessage {
  readonly #events: EventWriter
  readonly #id: string
  readonly #index: number
  readonly #content: JsonObject[] = []
  #open: OpenContent | undefined

  constructor({ events, id, index }: ItemPlace) {
    this.#events = events
    this.#id = id
    this.#index = index
  }

  begin(): string {
    const item = messageItem(this.#id, [], 'in_progress')
    return this.#events.write('response.output_item.added', { output_index: this.#index, item })
  }

  say(kind: ContentKind, text: string): string {
    const before = this.#open?.kind === kind ? '' : this.#closeContent() + this.#openContent(kind)
    const open = this.#open
    if (open === undefined) return before
    open.text += text
    const type = kind === 'text' ? 'response.output_text.delta' : 'response.refusal.delta'
    return before + this.#events.writeDelta(type, open.place, text)
  }

  /** Of a source of the text that is being written; nothing where none is. */
  cite(citation: Citation): string {
    const open = this.#open
    const annotation = open?.kind === 'text' ? writeAnnotation(citation, open.text) : undefined
    if (open === undefined || annotation === undefined) return ''
    const annotation_index = open.annotations.push(annotation) - 1
    return this.#write('response.output_text.annotation.added', { annotation_index, annotation })
  }

  /** Told with the end of the text. */
  addLogprobs(logprobs: readonly TokenLogprob[]): void {
    if (this.#open?.kind === 'text') this.#open.logprobs.push(...writeLogprobs(logprobs))
  }

  /** The events that end it, and the item as a whole. */
  close(status: ItemStatus): { readonly text: string; readonly item: JsonObject } {
    const before = this.#closeContent()
    const item = messageItem(this.#id, this.#content, status)
    const done = this.#events.write('response.output_item.done', { output_index: this.#index, item })
    return { text: before + done, item }
  }

  #openContent(kind: ContentKind): string {
    const place = `"item_id":${JSON.stringify(this.#id)},"output_index":${this.#index},"content_index":${this.#content.length}`
    this.#open = {
      kind,
      place: kind === 'text' ? `${place},"logprobs":[]` : place,
      annotations: [],
      logprobs: [],
      text: '',
    }
    return this.#write('response.content_part.added', { part: contentOf(this.#open) })
  }

  #closeContent(): string {
    const open = this.#open
    if (open === undefined) return ''
    const part = contentOf(open)
    const { text, logprobs } = open
    const done =
      open.kind === 'text'
        ? this.#write('response.output_text.done', { text, logprobs })
        : this.#write('response.refusal.done', { refusal: text })
    const written = done + this.#write('response.content_part.done', { part })
    this.#open = undefined
    this.#content.push(part)
    return written
  }

  #write(type: string, fields: JsonObject): string {
    const content_index = this.#content.length
    return this.#events.write(type, {
      item_id: this.#id,
      output_index: this.#index,
      content_index,
      ...fields,
    })
  }
}

function contentOf({ kind, text, annotations, logprobs }: OpenContent): JsonObject {
  if (kind === 'refusal') return refusalContent(text)
  return textContent({ text, annotations: [...annotations], logprobs: [...logprobs] })
}
