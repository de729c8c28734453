import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isGiven, isJsonObject, numberIn, textIn } from '../json-value.ts'
import { readCitation } from './read-citation.ts'
import { finishOf } from './stop-reason.ts'
import { mergeWireUsage, usageOf, type WireUsage } from './usage.ts'

const nothing: readonly StreamPart[] = []

/** A call to the client that is being written. */
interface OpenCall {
  readonly block: number
  /** Arguments that some servers send whole with the start of the block. */
  readonly startInput: JsonValue | undefined
  hasArguments: boolean
}

interface DecoderState {
  readonly counters: WireUsage
  /** Open tool calls by the wire's block index. Blocks of other kinds need no memory. */
  readonly calls: Map<number, OpenCall>
  callCount: number
}

/** Reads one message stream. Unknown events and blocks say nothing; what cannot be read is malformed. */
export function decodeStream(): StreamDecoder {
  const state: DecoderState = { counters: {}, calls: new Map(), callCount: 0 }
  return { decode: event => decodeEvent(state, event) }
}

/** What may stand on an `event:` line: it comes from a stranger's JSON. */
const eventName = /^\w{1,64}$/

/** The name of an event whose server wrote only its data. */
export function nameEvent(data: string): string | undefined {
  const type = parsePayload(data)?.['type']
  return typeof type === 'string' && eventName.test(type) ? type : undefined
}

function decodeEvent(state: DecoderState, event: SseEvent): readonly StreamPart[] | undefined {
  const payload = parsePayload(event.data)
  // Gateways that end every stream the OpenAI way: it adds nothing to message_stop.
  if (payload === undefined) return event.data.trim() === '[DONE]' ? nothing : undefined
  switch (payload['type'] ?? event.event) {
    case 'content_block_delta':
      return decodeDelta(state, payload)
    case 'content_block_start':
      return startBlock(state, payload)
    case 'content_block_stop':
      return stopBlock(state, payload)
    case 'message_start':
      return startMessage(state, payload)
    case 'message_delta':
      return decodeMessageDelta(state, payload)
    case 'message_stop':
      return [{ kind: 'end' }]
    case 'error':
      return [
        { kind: 'error', failure: classifyInBandError({ dialect: 'Anthropic', error: payload['error'] }) },
      ]
    default:
      return decodeNameless(payload)
  }
}

/** Pings and events of later days are silent, but an error is one without its name, too. */
function decodeNameless(payload: JsonObject): readonly StreamPart[] {
  if (!isGiven(payload['error'])) return nothing
  return [{ kind: 'error', failure: classifyInBandError({ dialect: 'Anthropic', error: payload['error'] }) }]
}

function parsePayload(data: string): JsonObject | undefined {
  try {
    const value: JsonValue = JSON.parse(data)
    return isJsonObject(value) ? value : undefined
  } catch {
    // Malformed for the reader, which skips and counts it.
    return undefined
  }
}

function startMessage(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const message = payload['message']
  if (!isJsonObject(message)) return undefined
  const id = textIn(message['id'])
  const model = textIn(message['model'])
  const start: StreamPart = {
    kind: 'start',
    ...(id !== undefined && { id }),
    ...(model !== undefined && { model }),
  }
  if (!mergeWireUsage(state.counters, message['usage'])) return [start]
  return [start, { kind: 'usage', usage: usageOf(state.counters) }]
}

function startBlock(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const index = numberIn(payload['index'])
  const block = payload['content_block']
  if (index === undefined || !isJsonObject(block)) return undefined
  const type = textIn(block['type']) ?? 'unknown'
  switch (type) {
    case 'text':
      return textParts(block['text'])
    case 'thinking':
      return reasoningParts(block['thinking'])
    case 'redacted_thinking':
      return [{ kind: 'reasoning', choice: 0, text: '', redactedData: textIn(block['data']) ?? '' }]
    case 'tool_use':
      return startCall(state, index, block)
    default:
      return [{ kind: 'other', choice: 0, itemKind: type }]
  }
}

function startCall(state: DecoderState, index: number, block: JsonObject): readonly StreamPart[] {
  const call: OpenCall = { block: state.callCount, startInput: block['input'], hasArguments: false }
  state.callCount += 1
  state.calls.set(index, call)
  const id = textIn(block['id']) ?? ''
  const name = textIn(block['name']) ?? ''
  return [{ kind: 'toolCallStart', choice: 0, block: call.block, id, name }]
}

function decodeDelta(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const delta = payload['delta']
  if (!isJsonObject(delta)) return undefined
  switch (delta['type']) {
    case 'text_delta':
      return typeof delta['text'] === 'string' ? textParts(delta['text']) : undefined
    case 'input_json_delta':
      return decodeArguments(state, payload['index'], delta['partial_json'])
    case 'thinking_delta':
      return reasoningParts(delta['thinking'])
    case 'signature_delta': {
      const signature = textIn(delta['signature'])
      return signature !== undefined ? [{ kind: 'reasoning', choice: 0, text: '', signature }] : nothing
    }
    case 'citations_delta': {
      const citation = readCitation(delta['citation'])
      return citation === undefined ? nothing : [{ kind: 'citation', choice: 0, citation }]
    }
    default:
      // Compaction and deltas of later days are no content of their own.
      return nothing
  }
}

function decodeArguments(
  state: DecoderState,
  index: JsonValue | undefined,
  piece: JsonValue | undefined,
): readonly StreamPart[] | undefined {
  if (typeof index !== 'number' || typeof piece !== 'string') return undefined
  const call = state.calls.get(index)
  // Arguments of the vendor's own tools are no business of the client's.
  if (call === undefined || piece === '') return nothing
  call.hasArguments = true
  return [{ kind: 'toolCallArguments', choice: 0, block: call.block, text: piece }]
}

function stopBlock(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const index = numberIn(payload['index'])
  if (index === undefined) return undefined
  const call = state.calls.get(index)
  if (call === undefined) return nothing
  state.calls.delete(index)
  if (call.hasArguments) return nothing
  // A call without arguments sends no piece, or an empty one: its arguments are an empty object.
  const text = JSON.stringify(call.startInput ?? {})
  return [{ kind: 'toolCallArguments', choice: 0, block: call.block, text }]
}

function decodeMessageDelta(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const delta = payload['delta']
  if (!isJsonObject(delta)) return undefined
  const parts: StreamPart[] = []
  if (mergeWireUsage(state.counters, payload['usage'])) {
    parts.push({ kind: 'usage', usage: usageOf(state.counters) })
  }
  const vendorFinish = textIn(delta['stop_reason'])
  if (vendorFinish === undefined) return parts
  const stopSequence = textIn(delta['stop_sequence'])
  parts.push({
    kind: 'finish',
    choice: 0,
    finish: finishOf(vendorFinish),
    vendorFinish,
    ...(stopSequence !== undefined && { stopSequence }),
  })
  return parts
}

function textParts(text: JsonValue | undefined): readonly StreamPart[] {
  return typeof text === 'string' && text !== '' ? [{ kind: 'text', choice: 0, text }] : nothing
}

function reasoningParts(text: JsonValue | undefined): readonly StreamPart[] {
  return typeof text === 'string' && text !== '' ? [{ kind: 'reasoning', choice: 0, text }] : nothing
}
