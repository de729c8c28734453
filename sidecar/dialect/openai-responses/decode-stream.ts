// Response events → stream parts. A reducer over the events of one stream; its state is what later events refer back to.
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { readFinish, vendorFinishOf } from './finish-reasons.ts'
import { StreamedItems } from './read-streamed-items.ts'
import { readUsage } from './usage.ts'

const nothing: readonly StreamPart[] = []

export class ResponsesStreamDecoder implements StreamDecoder {
  readonly #items = new StreamedItems()
  #hasStarted = false

  decode(event: SseEvent): readonly StreamPart[] | undefined {
    // Servers of other houses end every stream the chat way; the end was told before.
    if (event.data === '[DONE]' || event.data.trim() === '') return nothing
    const payload = parseLeniently(event.data)
    if (!isJsonObject(payload)) return event.event === 'error' ? [errorPart(event.data)] : undefined
    const type = textIn(payload.type) ?? event.event ?? ''
    switch (type) {
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        return this.#start(payload)
      case 'response.completed':
      case 'response.incomplete':
        return this.#end(payload, type)
      case 'response.failed':
        return this.#fail(payload)
      case 'response.cancelled':
      case 'error':
        return [errorPart(payload)]
      default:
        return this.#read(type, payload)
    }
  }

  #read(type: string, payload: JsonObject): readonly StreamPart[] {
    const parts: StreamPart[] = []
    const isKnown = this.#items.read(type, payload, parts)
    // Pings and events of later days are silent, but an error is one without its name, too.
    return !isKnown && isGiven(payload.error) ? [errorPart(payload)] : parts
  }

  #start(payload: JsonObject): readonly StreamPart[] {
    const response = isJsonObject(payload.response) ? payload.response : {}
    if (this.#hasStarted) return nothing
    this.#hasStarted = true
    const id = textIn(response.id)
    const model = textIn(response.model)
    const created = numberIn(response.created_at)
    return [
      {
        kind: 'start',
        ...(id !== undefined && { id }),
        ...(model !== undefined && { model }),
        ...(created !== undefined && created > 0 && { created: Math.floor(created) }),
      },
    ]
  }

  #end(payload: JsonObject, type: 'response.completed' | 'response.incomplete'): readonly StreamPart[] {
    const response = isJsonObject(payload.response) ? payload.response : {}
    const parts: StreamPart[] = [...this.#start(payload)]
    if (isJsonList(response.output)) this.#items.readAll(response.output, parts)
    const usage = readUsage(response)
    if (usage !== undefined) parts.push({ kind: 'usage', usage })
    const vendorFinish = vendorFinishOf(response) ?? type.slice('response.'.length)
    const finish = readFinish(vendorFinish, this.#items)
    parts.push({ kind: 'finish', choice: 0, finish, vendorFinish }, { kind: 'end' })
    return parts
  }

  #fail(payload: JsonObject): readonly StreamPart[] {
    const response = isJsonObject(payload.response) ? payload.response : {}
    const usage = readUsage(response)
    const error = isJsonObject(response.error) ? response.error : payload
    return [...(usage === undefined ? [] : [{ kind: 'usage' as const, usage }]), errorPart(error)]
  }
}

function errorPart(error: JsonObject | string): StreamPart {
  return { kind: 'error', failure: classifyInBandError({ dialect: 'OpenAI', error }) }
}
