// What counts as content, and what counts as an empty answer.
import type { StreamPart } from '../dialect/completion.ts'

/** Content commits; preamble, pings and empty pieces do not. */
export function isContent(part: StreamPart): boolean {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'toolCallArguments':
      return part.text !== ''
    case 'reasoning':
      return part.text !== '' || part.redactedData !== undefined
    case 'toolCallStart':
    case 'other':
      return true
    default:
      return false
  }
}

/** A normal end without anything before it. A cap or a stop sequence may legally leave nothing. */
export function isHollow(part: Extract<StreamPart, { kind: 'finish' }>): boolean {
  return part.finish === 'stop' && part.stopSequence === undefined
}

/** How many units may wait for the commit. */
export const mostHeld = {
  /** Preamble before the first sign of an answer. */
  preamble: 1000,
  /** With reasoning that a caller of another dialect is not shown yet: a large thinking budget, token by token. */
  reasoning: 100_000,
} as const
