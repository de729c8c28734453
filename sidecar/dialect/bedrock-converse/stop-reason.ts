// Why an answer ended, in both directions. A word that nobody knows never becomes a normal end.
import type { Finish } from '../completion.ts'

const finishes: Readonly<Record<string, Finish>> = {
  end_turn: 'stop',
  stop_sequence: 'stop',
  tool_use: 'tool_calls',
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  guardrail_intervened: 'content_filter',
  content_filtered: 'content_filter',
}

/** The model wrote what the service itself could not read: no answer that anybody could use. */
const malformed: ReadonlySet<string> = new Set(['malformed_tool_use', 'malformed_model_output'])

export function finishOf(stopReason: string): Finish {
  // Not among the words of this wire, but one that a model behind it has.
  if (stopReason === 'refusal') return 'refusal'
  return Object.hasOwn(finishes, stopReason) ? (finishes[stopReason] ?? 'other') : 'other'
}

export function isMalformed(stopReason: string): boolean {
  return malformed.has(stopReason)
}

export interface EndOfAnswer {
  /** Null when the provider ended properly without a word. */
  readonly finish: Finish | null
  readonly vendorFinish: string | null
  readonly stopSequence?: string
  readonly hasToolCalls: boolean
}

/** The `stopReason` for a caller. The wire demands one, so an end without a name of its own is told as the vendor told it. */
export function stopReasonOf(end: EndOfAnswer): string {
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
      return 'content_filtered'
    case 'other':
      return vendorFinish ?? 'malformed_model_output'
  }
}
