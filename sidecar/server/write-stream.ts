import { assertNever } from '../../crds/vocabulary.ts'
import type { AnswerPath } from '../chain/events.ts'
import type { StreamEnd } from '../chain/outcome.ts'
import type { Failure } from '../failure/failure.ts'
import { failureError } from './caller-error.ts'
import { streamEncoder } from './encode-as-stream.ts'
import { failReply } from './fail-reply.ts'
import { AnswerKeeper, type KeptAnswer } from './keep-answer.ts'
import type { PendingReply } from './pending-reply.ts'
import { type RelayParts, StreamRelay } from './relay-stream.ts'
import { collectReply } from './reply-parts.ts'
import { requestIdHeader } from './request-id-header.ts'
import { jsonBytes } from './send-bytes.ts'
import type { ServedAnswer } from './served-answer.ts'

/** Longest answer, in characters as written, that is kept for the cache. */
const maxKeptCharacters = 1024 * 1024

/** Passes a committed stream on until it ends, in whatever way. */
export function writeStream(pending: PendingReply, served: ServedAnswer<'stream'>): void {
  const { stream } = pending
  if (stream === undefined) throw new Error('a whole answer was asked and a stream came')
  const { reply, headers } = served
  const { exchange, session } = pending.parts
  const upstream = reply.isNative ? reply.headers : undefined
  const ids = requestIdHeader(pending.format, { own: exchange.id, upstream })
  stream.open({ ...pending.headers, ...headers, ...ids })
  stream.drive(reply)
  reply.relay(
    new StreamRelay({
      stream,
      form: formOf(pending, served),
      hidesUsage: !pending.completion.wantsUsage,
      keeper: session.wantsAnswer() ? keeperOf(pending, served) : undefined,
      onFirstWrite() {
        pending.hasWritten = true
        session.firstByteWritten()
      },
      onBug: error => failReply(pending, error),
      onEnd: (end, kept) => {
        if (kept !== undefined) store(pending, kept)
        endStream(pending, served, end)
      },
    }),
  )
}

function formOf(pending: PendingReply, served: ServedAnswer<'stream'>): RelayParts['form'] {
  const { dialect, wantsUsage } = pending.completion
  if (served.reply.isNative) return { kind: 'native', marker: dialect.habits.terminalMarker }
  const encoder = streamEncoder(pending, { model: modelOf(served), includeUsage: wantsUsage })
  pending.encoder = encoder
  return { kind: 'encoded', encoder }
}

/** What is kept has its usage, whether or not this caller asked: the next one may. */
function keeperOf(pending: PendingReply, served: ServedAnswer<'stream'>): AnswerKeeper {
  const { framing, wantsUsage } = pending.completion
  const maxCharacters = maxKeptCharacters
  if (framing !== 'sse') return new AnswerKeeper({ maxCharacters, form: { kind: 'parts' } })
  const needsOwn = !served.reply.isNative && !wantsUsage
  const encoder = needsOwn
    ? streamEncoder(pending, { model: modelOf(served), includeUsage: true })
    : undefined
  return new AnswerKeeper({ maxCharacters, form: { kind: 'text', encoder } })
}

/** A stream that is no text is kept as the whole answer that it adds up to: that serves both kinds of callers. */
function store(pending: PendingReply, kept: KeptAnswer): void {
  const { session } = pending.parts
  if (kept.kind === 'text') return session.storeAnswer({ kind: 'stream', text: kept.text })
  const reply = collectReply(kept.parts)
  session.storeAnswer({ kind: 'whole', bytes: jsonBytes(pending.dialect.encodeReply(reply)) })
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
