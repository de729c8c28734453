import { RequestRejected } from '../dialect/request-rejected.ts'
import { rejectionError } from './caller-error.ts'
import type { PendingReply } from './pending-reply.ts'

/** What was thrown while a matched request was being answered: the caller's mistake found late, or a bug of ours. */
export function failReply(pending: PendingReply, error: unknown): void {
  const { exchange, context } = pending.parts
  const isRejection = error instanceof RequestRejected
  if (!isRejection) context.onBug(error)
  const told = rejectionError(error, exchange.id)
  if (!pending.isOver) pending.sendError(told, {})
  // Whatever still runs for this request has no reader any more.
  exchange.abort()
  pending.finish({
    outcome: isRejection ? 'denied' : 'error',
    status: pending.statusSeen,
    code: told.code,
  })
}
