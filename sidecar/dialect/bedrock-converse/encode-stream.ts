import { assertNever } from '../../../crds/vocabulary.ts'
import { type AwsEvent, writeAwsEvents, writeAwsException } from '../aws-event-stream-writer.ts'
import type { StreamPart, Usage } from '../completion.ts'
import type { EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { wireCitation } from './citations.ts'
import { encodeError, streamExceptionName } from './encode-error.ts'
import { noMetrics } from './encode-reply.ts'
import { stopReasonOf } from './stop-reason.ts'
import { stopEvent, ToolBlocks } from './tool-blocks.ts'
import { wireUsage } from './usage.ts'

type FinishPart = Extract<StreamPart, { kind: 'finish' }>

interface EncoderState {
  readonly tools: ToolBlocks
  /** What is open on the wire right now. */
  open: 'nothing' | 'text' | 'tool'
  /** Index of the next block. */
  nextIndex: number
  hasStarted: boolean
  hasEnded: boolean
  usage: Partial<Usage>
  finish: FinishPart | undefined
}

const nothing: readonly AwsEvent[] = []

/** Writes one stream of frames: one start, blocks one after the other, the reason for the end and what it cost. */
export function encodeStream(_options: EncodeStreamOptions): StreamEncoder {
  const state: EncoderState = {
    tools: new ToolBlocks(),
    open: 'nothing',
    nextIndex: 0,
    hasStarted: false,
    hasEnded: false,
    usage: {},
    finish: undefined,
  }
  return {
    encode: part => writeAwsEvents('choice' in part && part.choice !== 0 ? nothing : eventsFor(state, part)),
    encodeError: error => {
      const { message } = encodeError(error)
      return writeAwsException({ name: streamExceptionName(error), payload: { message: message ?? '' } })
    },
  }
}

function eventsFor(state: EncoderState, part: StreamPart): readonly AwsEvent[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? nothing : blockDelta(state, { text: part.text })
    case 'citation':
      return blockDelta(state, { citation: wireCitation(part.citation) })
    case 'toolCallArguments':
      return state.tools.append(part.block, part.text)
    case 'toolCallStart':
      return startCall(state, part)
    case 'start':
      return startMessage(state)
    case 'usage':
      state.usage = { ...state.usage, ...part.usage }
      return nothing
    case 'finish':
      // The end waits: tool calls may still be held back, and a second finish would be one too many.
      state.finish = part
      return closeBlocks(state)
    case 'end':
      return endMessage(state)
    case 'reasoning':
    case 'logprobs':
    case 'other':
    case 'error':
      // Foreign reasoning has no signature that its reader could send back; errors go through encodeError.
      return nothing
    default:
      return assertNever(part)
  }
}

function startMessage(state: EncoderState): readonly AwsEvent[] {
  if (state.hasStarted) return nothing
  state.hasStarted = true
  return [{ name: 'messageStart', payload: { role: 'assistant' } }]
}

/** Blocks of text begin with their first piece: no event announces them here. */
function blockDelta(state: EncoderState, delta: AwsEvent['payload']): readonly AwsEvent[] {
  const before: AwsEvent[] = []
  if (state.open !== 'text') {
    before.push(...startMessage(state), ...closeBlocks(state))
    state.open = 'text'
    state.nextIndex += 1
  }
  return [
    ...before,
    { name: 'contentBlockDelta', payload: { contentBlockIndex: state.nextIndex - 1, delta } },
  ]
}

function startCall(
  state: EncoderState,
  part: Extract<StreamPart, { kind: 'toolCallStart' }>,
): readonly AwsEvent[] {
  const before = [...startMessage(state), ...(state.open === 'text' ? closeBlocks(state) : nothing)]
  state.open = 'tool'
  const index = state.nextIndex
  state.nextIndex += 1
  return [...before, ...state.tools.start({ call: part.block, index, id: part.id, name: part.name })]
}

function closeBlocks(state: EncoderState): readonly AwsEvent[] {
  const was = state.open
  state.open = 'nothing'
  if (was === 'tool') return state.tools.closeAll()
  return was === 'text' ? [stopEvent(state.nextIndex - 1)] : nothing
}

function endMessage(state: EncoderState): readonly AwsEvent[] {
  if (state.hasEnded) return nothing
  state.hasEnded = true
  const stopSequence = state.finish?.stopSequence
  const stopReason = stopReasonOf({
    finish: state.finish?.finish ?? null,
    vendorFinish: state.finish?.vendorFinish ?? null,
    ...(stopSequence !== undefined && { stopSequence }),
    hasToolCalls: state.tools.hasCalls,
  })
  const stop: AwsEvent['payload'] = {
    stopReason,
    ...(stopSequence !== undefined && { additionalModelResponseFields: { stop_sequence: stopSequence } }),
  }
  return [
    ...startMessage(state),
    ...closeBlocks(state),
    { name: 'messageStop', payload: stop },
    { name: 'metadata', payload: { usage: wireUsage(state.usage), metrics: noMetrics } },
  ]
}
