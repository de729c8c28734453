// Cohere's stream events → stream parts. A reducer over the events of one stream.
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isJsonObject, memberOf, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { readCitation } from './citations.ts'
import { argumentsIn, errorInBody } from './decode-reply.ts'
import { outageIn, readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { mintCallId } from './native-id.ts'
import { TextOffsets } from './text-offsets.ts'
import { readUsage } from './usage.ts'

const nothing: readonly StreamPart[] = []
const ended: readonly StreamPart[] = [{ kind: 'end' }]
const choice = 0

export class CohereStreamDecoder implements StreamDecoder {
  #replyId = ''
  #hasFailed = false
  /** Blocks of the tool calls, by the vendor's own index. */
  readonly #calls = new Map<number, number>()
  /** Of each block of text, to tell where its citations stand. */
  readonly #offsets = new Map<number, TextOffsets>()

  decode(event: SseEvent): readonly StreamPart[] | undefined {
    // The marker that follows an error ends nothing well.
    if (event.data === '[DONE]') return this.#hasFailed ? nothing : ended
    const data = parseLeniently(event.data)
    if (!isJsonObject(data)) return event.event === 'error' ? this.#failed(event.data) : undefined
    const kind = textIn(data.type) ?? event.event
    const message = memberOf(data.delta, 'message')
    switch (kind) {
      case 'message-start':
        return this.#start(data)
      case 'content-start':
      case 'content-delta':
        return this.#content(data, memberOf(message, 'content'))
      case 'tool-call-start':
        return this.#callStart(data, memberOf(message, 'tool_calls'))
      case 'tool-call-delta':
        return this.#callArguments(data, memberOf(message, 'tool_calls'))
      case 'citation-start':
        return this.#citation(memberOf(message, 'citations'))
      case 'message-end':
        return this.#end(isJsonObject(data.delta) ? data.delta : data)
      default:
        return this.#unknown(data, kind)
    }
  }

  #start(data: JsonObject): readonly StreamPart[] {
    const id = textIn(data.id)
    this.#replyId = id ?? ''
    return [{ kind: 'start', ...(id !== undefined && { id }) }]
  }

  #content(data: JsonObject, content: JsonValue | undefined): readonly StreamPart[] {
    const parts: StreamPart[] = []
    const text = textIn(memberOf(content, 'text'))
    const thinking = textIn(memberOf(content, 'thinking'))
    if (thinking !== undefined) parts.push({ kind: 'reasoning', choice, text: thinking })
    if (text !== undefined) {
      this.#offsetsAt(numberIn(data.index) ?? 0).append(text)
      parts.push({ kind: 'text', choice, text })
    }
    const logprobs = readLogprobs(data.logprobs)
    if (logprobs.length > 0) parts.push({ kind: 'logprobs', choice, logprobs })
    return parts
  }

  #offsetsAt(index: number): TextOffsets {
    const known = this.#offsets.get(index) ?? new TextOffsets()
    this.#offsets.set(index, known)
    return known
  }

  #callStart(data: JsonObject, call: JsonValue | undefined): readonly StreamPart[] {
    const block = this.#calls.size
    const called = memberOf(call, 'function')
    this.#calls.set(numberIn(data.index) ?? block, block)
    const id = textIn(memberOf(call, 'id')) ?? mintCallId(this.#replyId, block)
    const name = textIn(memberOf(called, 'name')) ?? ''
    const text = argumentsIn(memberOf(called, 'arguments'))
    const start: StreamPart = { kind: 'toolCallStart', choice, block, id, name }
    return text === '' ? [start] : [start, { kind: 'toolCallArguments', choice, block, text }]
  }

  #callArguments(data: JsonObject, call: JsonValue | undefined): readonly StreamPart[] {
    const text = argumentsIn(memberOf(memberOf(call, 'function'), 'arguments'))
    const block = this.#calls.get(numberIn(data.index) ?? this.#calls.size - 1)
    return text === '' || block === undefined ? nothing : [{ kind: 'toolCallArguments', choice, block, text }]
  }

  #citation(citation: JsonValue | undefined): readonly StreamPart[] {
    if (!isJsonObject(citation)) return nothing
    const index = numberIn(citation.content_index)
    const [usual] = this.#offsets.values()
    const offsets = index === undefined ? usual : this.#offsets.get(index)
    return readCitation(citation, offsets).map(read => ({ kind: 'citation', choice, citation: read }))
  }

  #end(delta: JsonObject): readonly StreamPart[] {
    const parts: StreamPart[] = []
    const usage = readUsage(delta.usage)
    if (usage !== undefined) parts.push({ kind: 'usage', usage })
    const failure = outageIn(delta)
    if (failure !== undefined) {
      this.#hasFailed = true
      return [...parts, { kind: 'error', failure }]
    }
    const vendorFinish = textIn(delta.finish_reason)
    if (vendorFinish !== undefined) {
      const finish = readFinish(vendorFinish, this.#calls.size > 0)
      parts.push({ kind: 'finish', choice, finish, vendorFinish })
    }
    return parts
  }

  /** Ends of blocks and plans say nothing; an error may come in the flat form of a whole answer. */
  #unknown(data: JsonObject, kind: string | undefined): readonly StreamPart[] {
    if (kind === 'error') return this.#failed(data)
    const failure = kind === undefined ? errorInBody(data) : undefined
    if (failure === undefined) return nothing
    this.#hasFailed = true
    return [{ kind: 'error', failure }]
  }

  #failed(error: JsonObject | string): readonly StreamPart[] {
    this.#hasFailed = true
    return [{ kind: 'error', failure: classifyInBandError({ dialect: 'Cohere', error }) }]
  }
}
