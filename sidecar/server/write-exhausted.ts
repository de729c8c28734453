import type { ExhaustedVerdict } from '../chain/outcome.ts'
import type { ProviderAnswer } from '../failure/failure.ts'
import { failureError } from './caller-error.ts'
import type { PendingReply } from './pending-reply.ts'
import { requestIdHeader } from './request-id-header.ts'
import type { HeaderRecord } from './response-headers.ts'

/** Nothing served: the most useful failure in the caller's dialect, or the provider's own answer where that is due. */
export function writeExhausted(
  pending: PendingReply,
  verdict: ExhaustedVerdict,
  headers: HeaderRecord,
): void {
  const { exchange, context } = pending.parts
  const ids = requestIdHeader(pending.format, { own: exchange.id, upstream: undefined })
  const all = { ...headers, ...ids, ...retryHeaders(verdict) }
  const error = failureError(verdict.failure, {
    status: verdict.status,
    requestId: exchange.id,
    mask: context.mask,
  })
  const { verbatim } = verdict
  if (verbatim !== undefined && !pending.stream?.isOpen) sendVerbatim(pending, verbatim, all)
  else pending.sendError(error, all)
  pending.finish({ outcome: outcomeOf(verdict), status: pending.statusSeen, code: error.code })
}

function sendVerbatim(pending: PendingReply, answer: ProviderAnswer, headers: HeaderRecord): void {
  const text = answer.body.toString('utf8')
  const masked = pending.parts.context.mask(text)
  const body = masked === text ? answer.body : Buffer.from(masked, 'utf8')
  pending.stream?.release()
  pending.sendBytes(answer.status, body, { ...headers, 'content-type': answer.contentType })
}

/** Whole seconds that are true, and a plain word where asking again cannot help: SDKs retry by themselves otherwise. */
function retryHeaders({ retryAfterSeconds, mayRetry }: ExhaustedVerdict): HeaderRecord {
  return {
    ...(retryAfterSeconds !== undefined && {
      'retry-after': String(Math.max(1, Math.ceil(retryAfterSeconds))),
    }),
    ...(!mayRetry && { 'x-should-retry': 'false' }),
  }
}

/** Rules of the policy deny; the caller's own mistake is an error; the rest is a chain that has come to its end. */
function outcomeOf({ failure }: ExhaustedVerdict): 'denied' | 'error' | 'exhausted' {
  switch (failure.kind) {
    case 'BudgetExceeded':
    case 'ResidencyDenied':
    case 'CapabilityMissing':
      return 'denied'
    case 'BadRequest':
      return 'error'
    default:
      return 'exhausted'
  }
}
