import { assertNever } from '../../../crds/vocabulary.ts'
import type { Finish, JsonObject, StreamPart, Usage } from '../completion.ts'
import type { EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { encodeError } from './encode-error.ts'
import { stopDetails } from './encode-reply.ts'
import { messageId } from './native-id.ts'
import { stopReasonOf } from './stop-reason.ts'
import { ToolBlocks } from './tool-blocks.ts'
import { wireUsage } from './usage.ts'

type FinishPart = Extract<StreamPart, { kind: 'finish' }>

interface EncoderState {
  readonly options: EncodeStreamOptions
  readonly tools: ToolBlocks
  /** What is open on the wire right now. */
  open: 'nothing' | 'text' | 'tool'
  /** Index of the next block. */
  nextIndex: number
  hasStarted: boolean
  hasEnded: boolean
  usage: Partial<Usage>
  refusal: string
  finish: FinishPart | undefined
}

/** Writes one message stream: one start, blocks one after the other, one end with the usage as it stands then. */
export function encodeStream(options: EncodeStreamOptions): StreamEncoder {
  const state: EncoderState = {
    options,
    tools: new ToolBlocks(),
    open: 'nothing',
    nextIndex: 0,
    hasStarted: false,
    hasEnded: false,
    usage: {},
    refusal: '',
    finish: undefined,
  }
  return {
    encode: part => ('choice' in part && part.choice !== 0 ? '' : encodePart(state, part)),
    encodeError: error => writeEvent('error', encodeError(error)),
  }
}

function encodePart(state: EncoderState, part: StreamPart): string {
  switch (part.kind) {
    case 'text':
      return writeText(state, part.text)
    case 'refusal':
      state.refusal += part.text
      return writeText(state, part.text)
    case 'toolCallArguments':
      return state.tools.append(part.block, part.text)
    case 'toolCallStart':
      return startCall(state, part)
    case 'start':
      return startMessage(state, part.model)
    case 'usage':
      state.usage = { ...state.usage, ...part.usage }
      return ''
    case 'finish':
      // The end waits: usage may still come, and the wire tells both in one event.
      state.finish = part
      return closeBlocks(state)
    case 'end':
      return endMessage(state)
    case 'reasoning':
    case 'other':
    case 'citation':
    case 'logprobs':
    case 'error':
      // Foreign reasoning has no signature that its reader could use; errors go through encodeError.
      return ''
    default:
      return assertNever(part)
  }
}

function startMessage(state: EncoderState, model: string | undefined): string {
  if (state.hasStarted) return ''
  state.hasStarted = true
  const message: JsonObject = {
    id: messageId(state.options.id),
    type: 'message',
    role: 'assistant',
    model: model === undefined || model === '' ? state.options.model : model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    usage: wireUsage(state.usage),
  }
  return writeEvent('message_start', { type: 'message_start', message })
}

function writeText(state: EncoderState, text: string): string {
  if (text === '') return ''
  let written = ''
  if (state.open !== 'text') {
    written = startMessage(state, undefined) + closeBlocks(state)
    state.open = 'text'
    const index = state.nextIndex++
    written += `event: content_block_start\ndata: {"type":"content_block_start","index":${index},"content_block":{"type":"text","text":""}}\n\n`
  }
  return `${written}event: content_block_delta\ndata: {"type":"content_block_delta","index":${state.nextIndex - 1},"delta":{"type":"text_delta","text":${JSON.stringify(text)}}}\n\n`
}

function startCall(state: EncoderState, part: Extract<StreamPart, { kind: 'toolCallStart' }>): string {
  const before = startMessage(state, undefined) + (state.open === 'text' ? closeBlocks(state) : '')
  state.open = 'tool'
  const index = state.nextIndex++
  return before + state.tools.start({ call: part.block, index, id: part.id, name: part.name })
}

function closeBlocks(state: EncoderState): string {
  const was = state.open
  state.open = 'nothing'
  if (was === 'tool') return state.tools.closeAll()
  return was === 'text' ? writeStop(state.nextIndex - 1) : ''
}

function writeStop(index: number): string {
  return `event: content_block_stop\ndata: {"type":"content_block_stop","index":${index}}\n\n`
}

function endMessage(state: EncoderState): string {
  if (state.hasEnded) return ''
  state.hasEnded = true
  const before = startMessage(state, undefined) + closeBlocks(state)
  const stopSequence = state.finish?.stopSequence
  const finish: Finish | null = state.finish?.finish ?? null
  const stopReason = stopReasonOf({
    finish,
    vendorFinish: state.finish?.vendorFinish ?? null,
    ...(stopSequence !== undefined && { stopSequence }),
    hasToolCalls: state.tools.hasCalls,
  })
  const delta = {
    stop_reason: stopReason,
    stop_sequence: stopSequence ?? null,
    stop_details: stopDetails(stopReason, state.refusal),
  }
  return (
    before +
    writeEvent('message_delta', { type: 'message_delta', delta, usage: wireUsage(state.usage) }) +
    writeEvent('message_stop', { type: 'message_stop' })
  )
}

/** The event line is what this vendor's clients go by. */
function writeEvent(event: string, payload: JsonObject): string {
  return `event: ${event}\ndata: ${JSON.stringify(payload)}\n\n`
}
