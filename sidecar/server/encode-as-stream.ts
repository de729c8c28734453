import type { CompletionReply, StreamPart } from '../dialect/completion.ts'
import type { StreamEncoder } from '../dialect/dialect.ts'
import { Outbox } from './outbox.ts'
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
  const { stream, completion } = pending
  if (stream === undefined) throw new Error('nobody asked for a stream')
  const encoder = streamEncoder(pending, { model: answer.model, includeUsage: completion.wantsUsage })
  const outbox = new Outbox()
  for (const part of answer.parts) outbox.add(encoder.encode(part))
  stream.open({ ...pending.headers, ...answer.headers })
  stream.end(outbox.take())
}

/** An encoder whose answer looks like the caller's vendor's own. */
export function streamEncoder(
  pending: PendingReply,
  options: { readonly model: string; readonly includeUsage: boolean },
): StreamEncoder {
  const { dialect, framing } = pending.completion
  return dialect.encodeStream({
    id: answerId(pending),
    created: Math.floor(pending.parts.context.clock.wallTime() / 1000),
    framing,
    ...options,
  })
}

export function answerId({ format, parts }: PendingReply): string {
  return format.habits.answerIdPrefix + parts.exchange.id
}
