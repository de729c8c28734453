import { exceptionPrefix } from '../aws-event-stream-reader.ts'
import type { JsonObject, JsonValue, StreamPart } from '../completion.ts'
import type { SseEvent, StreamDecoder } from '../dialect.ts'
import { isJsonObject, memberOf, numberIn, parseLeniently, textIn } from '../json-value.ts'
import { isAnswerTool } from './answer-tool.ts'
import { readCitation } from './citations.ts'
import { decodeException } from './decode-exception.ts'
import { malformedAnswer, stopSequenceIn } from './decode-reply.ts'
import { readUnion } from './json-reading.ts'
import { finishOf, isMalformed } from './stop-reason.ts'
import { readUsage } from './usage.ts'

const nothing: readonly StreamPart[] = []

/** A call that is being written: to the client's tool, or the one that carries the answer itself. */
interface OpenCall {
  readonly block: number | 'answer'
  hasArguments: boolean
}

interface DecoderState {
  /** Open tool calls by the wire's block index. Blocks of other kinds need no memory. */
  readonly calls: Map<number, OpenCall>
  callCount: number
  hasAnswered: boolean
  hasStopped: boolean
}

/** Reads one stream of frames. Unknown events and blocks say nothing; what cannot be read is malformed. */
export function decodeStream(): StreamDecoder {
  const state: DecoderState = { calls: new Map(), callCount: 0, hasAnswered: false, hasStopped: false }
  return { decode: event => decodeEvent(state, event) }
}

function decodeEvent(state: DecoderState, event: SseEvent): readonly StreamPart[] | undefined {
  const payload = parseLeniently(event.data)
  if (!isJsonObject(payload)) return undefined
  if (event.event?.startsWith(exceptionPrefix)) {
    return decodeException(payload, event.event.slice(exceptionPrefix.length))
  }
  switch (event.event) {
    case 'contentBlockDelta':
      return decodeDelta(state, payload)
    case 'contentBlockStart':
      return startBlock(state, payload)
    case 'contentBlockStop':
      return stopBlock(state, payload)
    case 'messageStart':
      return [{ kind: 'start' }]
    case 'messageStop':
      return stopMessage(state, payload)
    case 'metadata':
      return decodeMetadata(state, payload)
    default:
      return nothing
  }
}

function startBlock(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const index = numberIn(payload['contentBlockIndex'])
  const start = isJsonObject(payload['start']) ? readUnion(payload['start']) : undefined
  if (index === undefined) return undefined
  if (start === undefined) return nothing
  if (start.kind !== 'toolUse') return [{ kind: 'other', choice: 0, itemKind: start.kind }]
  const type = textIn(memberOf(start.value, 'type'))
  if (type === 'server_tool_use') return [{ kind: 'other', choice: 0, itemKind: type }]
  const name = textIn(memberOf(start.value, 'name')) ?? ''
  if (isAnswerTool(name)) {
    state.calls.set(index, { block: 'answer', hasArguments: false })
    state.hasAnswered = true
    return nothing
  }
  const block = state.callCount
  state.callCount += 1
  state.calls.set(index, { block, hasArguments: false })
  const id = textIn(memberOf(start.value, 'toolUseId')) ?? ''
  return [{ kind: 'toolCallStart', choice: 0, block, id, name }]
}

function decodeDelta(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const delta = isJsonObject(payload['delta']) ? readUnion(payload['delta']) : undefined
  if (delta === undefined) return isJsonObject(payload['delta']) ? nothing : undefined
  switch (delta.kind) {
    case 'text':
      return textParts(delta.value)
    case 'toolUse':
      return decodeArguments(state, payload['contentBlockIndex'], memberOf(delta.value, 'input'))
    case 'reasoningContent':
      return decodeReasoning(delta.value)
    case 'citation':
      return [{ kind: 'citation', choice: 0, citation: readCitation(delta.value) }]
    default:
      // Results of the service's own tools and deltas of later days are no content of their own.
      return nothing
  }
}

function textParts(text: JsonValue): readonly StreamPart[] | undefined {
  if (typeof text !== 'string') return undefined
  return text === '' ? nothing : [{ kind: 'text', choice: 0, text }]
}

function decodeArguments(
  state: DecoderState,
  index: JsonValue | undefined,
  piece: JsonValue | undefined,
): readonly StreamPart[] | undefined {
  if (typeof index !== 'number' || typeof piece !== 'string') return undefined
  const call = state.calls.get(index)
  // Arguments of the service's own tools are no business of the client's.
  if (call === undefined || piece === '') return nothing
  call.hasArguments = true
  return [argumentsPart(call, piece)]
}

function argumentsPart({ block }: OpenCall, text: string): StreamPart {
  if (block === 'answer') return { kind: 'text', choice: 0, text }
  return { kind: 'toolCallArguments', choice: 0, block, text }
}

function decodeReasoning(value: JsonValue): readonly StreamPart[] {
  const text = textIn(memberOf(value, 'text'))
  if (text !== undefined) return [{ kind: 'reasoning', choice: 0, text }]
  const signature = textIn(memberOf(value, 'signature'))
  if (signature !== undefined) return [{ kind: 'reasoning', choice: 0, text: '', signature }]
  const redactedData = textIn(memberOf(value, 'redactedContent'))
  return redactedData === undefined ? nothing : [{ kind: 'reasoning', choice: 0, text: '', redactedData }]
}

function stopBlock(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const index = numberIn(payload['contentBlockIndex'])
  if (index === undefined) return undefined
  const call = state.calls.get(index)
  if (call === undefined) return nothing
  state.calls.delete(index)
  // A call without arguments sends no piece, or an empty one: its arguments are an empty object.
  return call.hasArguments ? nothing : [argumentsPart(call, '{}')]
}

function stopMessage(state: DecoderState, payload: JsonObject): readonly StreamPart[] | undefined {
  const vendorFinish = textIn(payload['stopReason'])
  if (vendorFinish === undefined) return undefined
  if (isMalformed(vendorFinish)) return [{ kind: 'error', failure: malformedAnswer }]
  state.hasStopped = true
  const stopSequence = stopSequenceIn(payload['additionalModelResponseFields'])
  const isAnswer = vendorFinish === 'tool_use' && state.hasAnswered && state.callCount === 0
  return [
    {
      kind: 'finish',
      choice: 0,
      finish: isAnswer ? 'stop' : finishOf(vendorFinish),
      vendorFinish,
      ...(stopSequence !== undefined && { stopSequence }),
    },
  ]
}

/** The last event of a whole stream, behind the reason for its end. */
function decodeMetadata(state: DecoderState, payload: JsonObject): readonly StreamPart[] {
  const usage = readUsage(payload['usage'])
  const parts: StreamPart[] = usage === undefined ? [] : [{ kind: 'usage', usage }]
  if (state.hasStopped) parts.push({ kind: 'end' })
  return parts
}
