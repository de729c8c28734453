// The items of one streamed answer. Every piece comes up to four times (delta, done, item, response) and is said once: by
// the first that brings it, because some servers leave the deltas out and some everything but them.
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'
import { readCitation } from './annotations.ts'
import { callIdOf, paragraphBreak } from './decode-reply.ts'
import type { Ending } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'

interface StreamedItem {
  /** Contents that have been said: 2 × index, plus one for summaries. */
  readonly said: Set<number>
  /** Running number of the call, where the item is one. */
  readonly block?: number
  hasReasoned: boolean
}

type Channel = 'text' | 'refusal' | 'reasoning'

export class StreamedItems implements Ending {
  readonly #items = new Map<number, StreamedItem>()
  #calls = 0
  hasRefusal = false

  get hasToolCalls(): boolean {
    return this.#calls > 0
  }

  /** @returns whether this is an event about an item that is understood here. */
  read(type: string, payload: JsonObject, parts: StreamPart[]): boolean {
    switch (type) {
      case 'response.output_text.delta':
        this.#say('text', payload, textIn(payload.delta), parts)
        pushLogprobs(payload.logprobs, parts)
        return true
      case 'response.refusal.delta':
        this.#say('refusal', payload, textIn(payload.delta), parts)
        return true
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        this.#say('reasoning', payload, textIn(payload.delta), parts)
        return true
      case 'response.function_call_arguments.delta':
        this.#extendCall(payload, textIn(payload.delta), parts)
        return true
      case 'response.output_text.annotation.added':
        pushCitation(payload.annotation, parts)
        return true
      case 'response.output_item.added':
        if (isJsonObject(payload.item)) this.#open(indexOf(payload), payload.item, parts)
        return true
      default:
        return this.#readDone(type, payload, parts)
    }
  }

  #readDone(type: string, payload: JsonObject, parts: StreamPart[]): boolean {
    switch (type) {
      case 'response.output_text.done':
        this.#sayLate('text', payload, textIn(payload.text), parts)
        return true
      case 'response.refusal.done':
        this.#sayLate('refusal', payload, textIn(payload.refusal), parts)
        return true
      case 'response.reasoning_summary_text.done':
      case 'response.reasoning_text.done':
        this.#sayLate('reasoning', payload, textIn(payload.text), parts)
        return true
      case 'response.function_call_arguments.done':
        this.#extendLate(payload, textIn(payload.arguments), parts)
        return true
      case 'response.output_item.done':
        if (isJsonObject(payload.item)) this.#complete(indexOf(payload), payload.item, parts)
        return true
      default:
        return false
    }
  }

  /** The whole output at the end: counts only where nothing of it came before. */
  readAll(output: readonly JsonValue[], parts: StreamPart[]): void {
    if (this.#items.size > 0) return
    for (const [index, item] of output.entries()) {
      if (isJsonObject(item)) this.#complete(index, item, parts)
    }
  }

  #itemAt(index: number): StreamedItem {
    const known = this.#items.get(index)
    if (known !== undefined) return known
    const item: StreamedItem = { said: new Set(), hasReasoned: false }
    this.#items.set(index, item)
    return item
  }

  #open(index: number, item: JsonObject, parts: StreamPart[]): void {
    if (this.#items.has(index)) return
    if (item.type === 'function_call') {
      const block = this.#calls
      this.#calls += 1
      this.#items.set(index, { said: new Set(), block, hasReasoned: false })
      // Arguments that stand here already come again with the end of the item, and sometimes as a delta, too.
      parts.push({
        kind: 'toolCallStart',
        choice: 0,
        block,
        id: callIdOf(item),
        name: textIn(item.name) ?? '',
      })
      return
    }
    this.#itemAt(index)
    if (item.type === 'message' || item.type === 'reasoning') return
    parts.push({ kind: 'other', choice: 0, itemKind: textIn(item.type) ?? 'unknown' })
  }

  #complete(index: number, item: JsonObject, parts: StreamPart[]): void {
    this.#open(index, item, parts)
    if (item.type === 'function_call') {
      this.#extendLate({ output_index: index }, textIn(item.arguments), parts)
      return
    }
    for (const [at, part] of listIn(item.summary)) {
      this.#sayLate('reasoning', { output_index: index, summary_index: at }, textOf(part), parts)
    }
    for (const [at, part] of listIn(item.content)) {
      const place = { output_index: index, content_index: at }
      const isNew = !this.#itemAt(index).said.has(contentKey(place))
      const refusal = textIn(memberOf(part, 'refusal'))
      if (refusal !== undefined) this.#sayLate('refusal', place, refusal, parts)
      else this.#sayLate(item.type === 'reasoning' ? 'reasoning' : 'text', place, textOf(part), parts)
      if (isNew) for (const [, cited] of listIn(memberOf(part, 'annotations'))) pushCitation(cited, parts)
    }
  }

  #say(channel: Channel, place: JsonObject, text: string | undefined, parts: StreamPart[]): void {
    if (text === undefined) return
    const item = this.#itemAt(indexOf(place))
    const key = contentKey(place)
    if (channel === 'refusal') this.hasRefusal = true
    if (channel === 'reasoning' && item.hasReasoned && !item.said.has(key))
      parts.push({ kind: 'reasoning', choice: 0, text: paragraphBreak })
    item.said.add(key)
    if (channel === 'reasoning') item.hasReasoned = true
    parts.push({ kind: channel, choice: 0, text })
  }

  #sayLate(channel: Channel, place: JsonObject, text: string | undefined, parts: StreamPart[]): void {
    if (!this.#itemAt(indexOf(place)).said.has(contentKey(place))) this.#say(channel, place, text, parts)
  }

  #extendCall(place: JsonObject, text: string | undefined, parts: StreamPart[]): void {
    const item = this.#items.get(indexOf(place))
    if (item?.block === undefined || text === undefined) return
    item.said.add(0)
    parts.push({ kind: 'toolCallArguments', choice: 0, block: item.block, text })
  }

  #extendLate(place: JsonObject, text: string | undefined, parts: StreamPart[]): void {
    if (this.#items.get(indexOf(place))?.said.has(0) === false) this.#extendCall(place, text, parts)
  }
}

function indexOf(payload: JsonObject): number {
  return numberIn(payload.output_index) ?? 0
}

function contentKey(place: JsonObject): number {
  const summary = numberIn(place.summary_index)
  return summary === undefined ? 2 * (numberIn(place.content_index) ?? 0) : 2 * summary + 1
}

function textOf(part: JsonValue): string | undefined {
  return textIn(memberOf(part, 'text'))
}

function listIn(value: JsonValue | undefined): Iterable<readonly [number, JsonValue]> {
  return isJsonList(value) ? value.entries() : []
}

function pushLogprobs(value: JsonValue | undefined, parts: StreamPart[]): void {
  // Nearly always an empty list.
  if (!isJsonList(value) || value.length === 0) return
  const logprobs = readLogprobs(value)
  if (logprobs.length > 0) parts.push({ kind: 'logprobs', choice: 0, logprobs })
}

function pushCitation(annotation: JsonValue | undefined, parts: StreamPart[]): void {
  const citation = readCitation(annotation)
  if (citation !== undefined) parts.push({ kind: 'citation', choice: 0, citation })
}
