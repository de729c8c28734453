import { assertNever } from '../../crds/vocabulary.ts'
import type { AnswerPath } from '../chain/events.ts'
import type { StreamEnd } from '../chain/outcome.ts'
import type { Failure } from '../failure/failure.ts'
import { failureError } from './caller-error.ts'
import { callerFormats } from './caller-formats.ts'
import { streamEncoder } from './encode-as-stream.ts'
import { failReply } from './fail-reply.ts'
import type { PendingReply } from './pending-reply.ts'
import { type RelayParts, StreamRelay } from './relay-stream.ts'
import { requestIdHeader } from './request-id-header.ts'
import type { ServedAnswer } from './served-answer.ts'

/** Longest answer, in characters as written, that is kept for the cache. */
const maxKeptCharacters = 1024 * 1024

/** Passes a committed stream on until it ends, in whatever way. */
export function writeStream(pending: PendingReply, served: ServedAnswer<'stream'>): void {
  const { stream } = pending
  if (stream === undefined) throw new Error('a whole answer was asked and a stream came')
  const { reply, headers } = served
  const { exchange, dialect, session } = pending.parts
  const upstream = reply.isNative ? reply.headers : undefined
  const ids = requestIdHeader(dialect.format, { own: exchange.id, upstream })
  stream.open({ ...pending.headers, ...headers, ...ids })
  stream.drive(reply)
  reply.relay(
    new StreamRelay({
      stream,
      form: formOf(pending, served),
      hidesUsage: !pending.parts.wantsUsage,
      keep: session.wantsAnswer() ? keepOf(pending, served) : undefined,
      onFirstWrite: () => session.firstByteWritten(),
      onBug: error => failReply(pending, error),
      onEnd: (end, keepable) => {
        if (keepable !== undefined) session.storeAnswer({ kind: 'stream', text: keepable })
        endStream(pending, served, end)
      },
    }),
  )
}

function formOf(pending: PendingReply, served: ServedAnswer<'stream'>): RelayParts['form'] {
  const { dialect, wantsUsage } = pending.parts
  if (served.reply.isNative) return { kind: 'native', marker: callerFormats[dialect.format].terminalMarker }
  return {
    kind: 'encoded',
    encoder: streamEncoder(pending, { model: modelOf(served), includeUsage: wantsUsage }),
  }
}

/** What is kept has its usage, whether or not this caller asked: the next one may. */
function keepOf(pending: PendingReply, served: ServedAnswer<'stream'>): RelayParts['keep'] {
  const needsOwn = !served.reply.isNative && !pending.parts.wantsUsage
  const encoder = needsOwn
    ? streamEncoder(pending, { model: modelOf(served), includeUsage: true })
    : undefined
  return { maxCharacters: maxKeptCharacters, encoder }
}

function modelOf({ step }: ServedAnswer<'stream'>): string {
  return step.origin?.model ?? ''
}

function endStream(pending: PendingReply, { path }: ServedAnswer<'stream'>, end: StreamEnd): void {
  switch (end.kind) {
    case 'complete':
      pending.finish({ outcome: 'success', status: pending.statusSeen, path })
      break
    case 'abandoned':
      pending.finishCancelled()
      break
    case 'broken':
      if (pending.isOver) pending.finishCancelled()
      else tellBreak(pending, path, end.failure)
      break
    default:
      assertNever(end)
  }
}

function tellBreak(pending: PendingReply, path: AnswerPath, failure: Failure): void {
  const { exchange, context } = pending.parts
  // The status line is out; this one only chooses the error's words where a dialect derives them from a status.
  const error = failureError(failure, { status: 502, requestId: exchange.id, mask: context.mask })
  pending.sendError(error, {})
  pending.finish({ outcome: 'error', status: pending.statusSeen, path, code: error.code })
}
