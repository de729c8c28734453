// What a walk ended with, as bytes for its caller.
import { assertNever } from '../../crds/vocabulary.ts'
import type { AnswerPath } from '../chain/events.ts'
import type { Outcome, ServedStep } from '../chain/outcome.ts'
import type { PendingReply } from './pending-reply.ts'
import { asComments, type HeaderRecord, outcomeHeaders } from './response-headers.ts'
import { writeExhausted } from './write-exhausted.ts'
import { writeManual } from './write-manual.ts'
import { writeStored } from './write-stored.ts'
import { writeStream } from './write-stream.ts'
import { writeWhole } from './write-whole.ts'

export function writeOutcome(reply: PendingReply, outcome: Outcome): void {
  if (outcome.kind === 'abandoned') reply.finishCancelled()
  // The caller left while the answer was on its way here: a stream must still be told, so that it stops.
  else if (reply.isOver) discard(reply, outcome)
  else writeAnswer(reply, outcome)
}

type Answer = Exclude<Outcome, { kind: 'abandoned' }>
type Served = Extract<Outcome, { kind: 'served' }>

function writeAnswer(reply: PendingReply, outcome: Answer): void {
  const headers = outcomeHeaders(outcome, reply.parts.session)
  announceLate(reply, headers)
  if (outcome.kind === 'exhausted') writeExhausted(reply, outcome.verdict, headers)
  else writeServed(reply, outcome, headers)
}

function writeServed(pending: PendingReply, { reply, step }: Served, headers: HeaderRecord): void {
  const rest = { step, headers, path: pathOf(step) }
  switch (reply.kind) {
    case 'whole':
      writeWhole(pending, { ...rest, reply })
      break
    case 'stream':
      writeStream(pending, { ...rest, reply })
      break
    case 'stored':
      writeStored(pending, { ...rest, reply })
      break
    case 'manual':
      writeManual(pending, { ...rest, reply })
      break
    default:
      assertNever(reply)
  }
}

/** A keep-alive has sent the status line: what the headers would have said follows as comments. */
function announceLate({ stream }: PendingReply, headers: HeaderRecord): void {
  if (stream?.isOpen) stream.write(asComments(headers))
}

function discard(reply: PendingReply, outcome: Answer): void {
  if (outcome.kind === 'served' && outcome.reply.kind === 'stream') {
    const ignore = () => undefined
    outcome.reply.relay({ unit: ignore, flush: ignore, end: ignore })
  }
  reply.finishCancelled()
}

function pathOf(step: ServedStep): AnswerPath {
  if (step.kind !== 'target') return step.kind
  return step.hop === 0 ? 'primary' : 'fallback'
}
