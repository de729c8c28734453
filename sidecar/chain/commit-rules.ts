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
