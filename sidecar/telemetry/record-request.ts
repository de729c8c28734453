// What the end of a request adds to the metrics.
import { telemetryReasons } from '../../crds/vocabulary.ts'
import type { AttemptEnded, RequestEnded } from '../chain/events.ts'
import type { Instruments } from './instruments.ts'
import type { DenialCounter } from './record-walk.ts'
import { requestMetrics } from './request-metrics.ts'
import type { TargetNamer } from './snapshot-names.ts'
import { spendingMetrics } from './spending-metrics.ts'
import { walkMetrics } from './walk-metrics.ts'

/** Operations of the GenAI conventions, by ours; token counts are none. */
const genAiOperations: ReadonlyMap<string, string> = new Map([
  ['chat', 'chat'],
  ['embeddings', 'embeddings'],
])

export interface RequestRecorderParts {
  readonly instruments: Instruments
  readonly denials: DenialCounter
  readonly namer: TargetNamer
  /** `gen_ai.provider.name` of a provider of the live snapshot. */
  flavourOf(provider: string): string
}

export function createRequestRecorder(parts: RequestRecorderParts): (event: RequestEnded) => void {
  const { instruments, denials } = parts
  const requests = instruments.counter(requestMetrics.requests)
  const duration = instruments.histogram(requestMetrics.requestDuration)
  const overhead = instruments.histogram(requestMetrics.overhead)
  const recovery = instruments.histogram(requestMetrics.recovery)
  const observed = instruments.counter(walkMetrics.observedActivations)
  const recordAnswer = createAnswerRecorder(instruments)
  const recordRetry = createRetryRecorder(parts)
  const recordCall = createCallRecorder(parts)

  return event => {
    const policy = event.policy?.name ?? 'none'
    const path = event.path ?? 'none'
    requests.add({ policy, route: event.policy?.route ?? 'unmatched', path, outcome: event.outcome }, 1)
    const outcome = event.outcome === 'success' ? 'success' : 'error'
    duration.observe({ policy, path, outcome }, event.milliseconds / 1000)
    if (event.overheadMs !== undefined) overhead.observe({ policy }, event.overheadMs / 1000)
    if (event.recoveryMs !== undefined) recovery.observe({ policy }, event.recoveryMs / 1000)
    if (event.would !== undefined) {
      observed.add({ policy, strategy: event.policy?.strategy ?? 'none', to_target: event.would }, 1)
    }
    const rule = deniedBy(event)
    if (rule !== undefined) denials.add({ policy, rule }, 1)
    if (event.outcome === 'success') recordAnswer(event)
    const operation = genAiOperations.get(event.operation.toLowerCase())
    let before: AttemptEnded | undefined
    for (const attempt of event.attempts) {
      if (attempt.retry > 0) recordRetry(attempt, before)
      if (operation !== undefined) recordCall(attempt, operation)
      before = attempt
    }
  }
}

/** Requests refused as a whole; rules that skipped a step are counted with the step. */
function deniedBy(event: RequestEnded): string | undefined {
  if (event.code === 'body_too_large') return 'size'
  if (event.outcome !== 'denied' || event.code !== 'budget_exceeded') return undefined
  const hasSkip = event.trail.some(entry => entry.kind === 'skip' && entry.reason === 'BudgetExceeded')
  return hasSkip ? undefined : 'budget'
}

function createAnswerRecorder(instruments: Instruments): (event: RequestEnded) => void {
  const responses = instruments.counter(requestMetrics.responses)
  const outputTokens = instruments.counter(requestMetrics.outputTokens)
  const truncated = instruments.counter(requestMetrics.truncatedResponses)
  return event => {
    const labels = { policy: event.policy?.name ?? 'none', path: event.path ?? 'none' }
    responses.add(labels, 1)
    const served = event.attempts.findLast(attempt => attempt.result === 'ok')
    outputTokens.add(labels, served?.cost.usage?.output ?? 0)
    if (event.finish === 'length') truncated.add(labels, 1)
  }
}

function createRetryRecorder(
  parts: RequestRecorderParts,
): (attempt: AttemptEnded, before: AttemptEnded | undefined) => void {
  const retries = parts.instruments.counter(walkMetrics.retries)
  return (attempt, before) => {
    const reason = before?.failure === undefined ? 'none' : telemetryReasons[before.failure]
    retries.add({ policy: attempt.policy, target: parts.namer.target(attempt.target), reason }, 1)
  }
}

function createCallRecorder(parts: RequestRecorderParts): (attempt: AttemptEnded, operation: string) => void {
  const duration = parts.instruments.histogram(spendingMetrics.clientDuration)
  const tokens = parts.instruments.histogram(spendingMetrics.clientTokens)
  return (attempt, operation) => {
    const labels = {
      gen_ai_operation_name: operation,
      gen_ai_provider_name: parts.flavourOf(attempt.target.provider),
      gen_ai_request_model: parts.namer.model(attempt.target),
    }
    duration.observe({ ...labels, error_type: errorType(attempt) }, attempt.milliseconds / 1000)
    const usage = attempt.cost.usage
    if (attempt.cost.isEstimated || usage === undefined) return
    if (usage.input !== undefined) tokens.observe({ ...labels, gen_ai_token_type: 'input' }, usage.input)
    if (usage.output !== undefined) tokens.observe({ ...labels, gen_ai_token_type: 'output' }, usage.output)
  }
}

/** A class of error rather than its reason: histograms are dear, and reasons are told by the attempts counter. */
function errorType(attempt: AttemptEnded): string {
  if (attempt.result === 'ok') return ''
  if (attempt.result === 'cancelled') return 'cancelled'
  return attempt.failure === 'Timeout' ? 'timeout' : '_OTHER'
}
