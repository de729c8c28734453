// Why an answer ended, in both directions. A word that nobody knows never becomes a normal end.
import type { Finish } from '../completion.ts'

const finishes: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  refusal: 'refusal',
  // pause_turn asks for the conversation to be continued: no end that another dialect has a word for.
  pause_turn: 'other',
}

export function finishOf(stopReason: string): Finish {
  return Object.hasOwn(finishes, stopReason) ? (finishes[stopReason] ?? 'other') : 'other'
}

export interface EndOfAnswer {
  /** Null when the provider ended properly without a word. */
  readonly finish: Finish | null
  readonly vendorFinish: string | null
  readonly stopSequence?: string
  readonly hasToolCalls: boolean
}

/** The `stop_reason` for a caller; null for an end that this wire cannot name. */
export function stopReasonOf(end: EndOfAnswer): string | null {
  const { finish, vendorFinish } = end
  // The vendor's own word says more than ours (window full or cap reached), where it means the same.
  if (vendorFinish !== null && Object.hasOwn(finishes, vendorFinish) && finishes[vendorFinish] === finish) {
    return vendorFinish
  }
  switch (finish) {
    case null:
      return end.hasToolCalls ? 'tool_use' : 'end_turn'
    case 'stop':
      return end.stopSequence === undefined ? 'end_turn' : 'stop_sequence'
    case 'length':
      return 'max_tokens'
    case 'tool_calls':
      return 'tool_use'
    case 'content_filter':
    case 'refusal':
      return 'refusal'
    case 'other':
      return null
  }
}
