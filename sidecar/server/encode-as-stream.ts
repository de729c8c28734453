import type { CompletionReply, StreamPart } from '../dialect/completion.ts'
import type { StreamEncoder } from '../dialect/dialect.ts'
import { callerFormats } from './caller-formats.ts'
import type { PendingReply } from './pending-reply.ts'
import { partsOf } from './reply-parts.ts'
import type { HeaderRecord } from './response-headers.ts'

/** Writes a complete answer as a whole stream, in one piece. */
export function encodeAsStream(
  pending: PendingReply,
  completion: CompletionReply,
  headers: HeaderRecord,
): void {
  writeParts(pending, { parts: partsOf(completion), model: completion.model, headers })
}

export function writeParts(
  pending: PendingReply,
  answer: { readonly parts: Iterable<StreamPart>; readonly model: string; readonly headers: HeaderRecord },
): void {
  const { stream } = pending
  if (stream === undefined) throw new Error('nobody asked for a stream')
  const encoder = streamEncoder(pending, { model: answer.model, includeUsage: pending.parts.wantsUsage })
  let text = ''
  for (const part of answer.parts) text += encoder.encode(part)
  stream.open({ ...pending.headers, ...answer.headers })
  stream.end(text)
}

/** An encoder whose answer looks like the caller's vendor's own. */
export function streamEncoder(
  pending: PendingReply,
  options: { readonly model: string; readonly includeUsage: boolean },
): StreamEncoder {
  const { dialect, context } = pending.parts
  return dialect.encodeStream({
    id: answerId(pending),
    created: Math.floor(context.clock.wallTime() / 1000),
    ...options,
  })
}

export function answerId({ parts }: PendingReply): string {
  return callerFormats[parts.dialect.format].answerIdPrefix + parts.exchange.id
}
