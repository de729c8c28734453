// The audit record of one request, `llm-fallback.audit/v1`: what was tried, what each attempt met, what was served and
// why. No prompt, answer, header value or key; the fields and their meaning are told in this room's README.
import { telemetryReasons } from '../../crds/vocabulary.ts'
import type { AttemptEnded, RequestEnded } from '../chain/events.ts'
import { skipLabel } from './skip-label.ts'

export const auditSchema = 'llm-fallback.audit/v1'

/** The pod that writes. */
export interface AuditSource {
  readonly namespace: string
  readonly pod: string
  readonly podUid?: string
  readonly version: string
}

/** Longest text of the caller's own making that a record keeps (a model name, a tenant, a request id). */
const maxCallerText = 256

/** One line of JSON without its newline. */
export function writeAuditRecord(event: RequestEnded, source: AuditSource): string {
  return JSON.stringify({
    schema: auditSchema,
    type: 'request.completed',
    id: event.requestId,
    time: new Date(event.startedAt).toISOString(),
    duration_ms: milliseconds(event.milliseconds),
    source: {
      namespace: source.namespace,
      pod: source.pod,
      pod_uid: source.podUid,
      version: source.version,
    },
    actor: describeActor(event),
    request: {
      operation: event.operation,
      api: event.format,
      requested_model: event.requestedModel?.slice(0, maxCallerText),
      stream: event.stream,
      input_bytes: event.requestBytes,
    },
    policy: event.policy && {
      ref: event.policy.name,
      identity: event.policy.identity,
      route: event.policy.route,
      strategy: event.policy.strategy,
    },
    decision: describeDecision(event),
    attempts: event.attempts.map(describeAttempt),
    cost: describeTotal(event.attempts),
  })
}

function describeActor(event: RequestEnded) {
  return {
    tenant: event.tenant?.value.slice(0, maxCallerText) ?? null,
    // A header is only what the caller claims.
    tenant_source: event.tenant?.source ?? null,
    app_request_id: event.callerRequestId?.slice(0, maxCallerText),
  }
}

function describeDecision(event: RequestEnded) {
  const skipped = event.trail.flatMap(entry =>
    entry.kind === 'skip'
      ? [
          {
            hop: entry.hop,
            step: entry.step,
            rule: skipLabel(entry.reason),
          },
        ]
      : [],
  )
  return {
    outcome: event.outcome,
    status: event.status,
    path: event.path ?? null,
    reason: event.reason ?? null,
    code: event.code,
    final_hop: event.served?.hop ?? null,
    served: event.served ?? null,
    finish: event.finish,
    recovery_ms: event.recoveryMs === undefined ? undefined : milliseconds(event.recoveryMs),
    would: event.would,
    skipped,
    drops: event.drops,
    cache: event.cache && { result: event.cache.result, age_seconds: event.cache.ageSeconds },
  }
}

function describeAttempt(attempt: AttemptEnded) {
  const { target, cost } = attempt
  return {
    hop: target.hop,
    attempt: attempt.retry,
    step: target.step,
    provider: target.provider,
    model_requested: target.model.slice(0, maxCallerText),
    region: { declared: target.region ?? null },
    result: attempt.result,
    status: attempt.status ?? null,
    error: attempt.failure === undefined ? null : telemetryReasons[attempt.failure],
    duration_ms: milliseconds(attempt.milliseconds),
    ttft_ms: attempt.firstContentMs === undefined ? null : milliseconds(attempt.firstContentMs),
    prompt_sent: attempt.promptSent,
    bytes_sent: attempt.bytesSent,
    bytes_received: attempt.bytesReceived,
    malformed_events: attempt.malformedEvents || undefined,
    usage: cost.usage === undefined ? null : describeUsage(attempt),
    cost: {
      amount: cost.usd === undefined ? null : dollars(cost.usd),
      currency: 'USD',
      basis: cost.usd === undefined ? 'none' : cost.isEstimated ? 'estimate' : 'price_table',
    },
  }
}

function describeUsage({ cost }: AttemptEnded) {
  return {
    input: cost.usage?.input,
    output: cost.usage?.output,
    cache_read: cost.usage?.cachedInput,
    cache_write: cost.usage?.cacheWrite,
    reasoning: cost.usage?.reasoning,
    source: cost.isEstimated ? 'estimate' : 'provider',
  }
}

/** Wasted: spent on attempts whose answer was not used. */
function describeTotal(attempts: readonly AttemptEnded[]) {
  let total = 0
  let wasted = 0
  let unpriced = 0
  for (const { cost, result } of attempts) {
    if (cost.usd === undefined) {
      if (cost.usage !== undefined) unpriced += 1
      continue
    }
    total += cost.usd
    if (result !== 'ok') wasted += cost.usd
  }
  return {
    total: dollars(total),
    wasted: dollars(wasted),
    currency: 'USD',
    unpriced_attempts: unpriced || undefined,
  }
}

/** A decimal string, fine enough for a single token of the cheapest model. */
function dollars(usd: number): string {
  return usd === 0 ? '0' : usd.toFixed(9)
}

function milliseconds(value: number): number {
  return Math.round(value * 100) / 100
}
