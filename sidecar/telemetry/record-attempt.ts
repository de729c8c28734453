// What the end of one attempt adds to the metrics.
import { telemetryReasons } from '../../crds/vocabulary.ts'
import type { AttemptEnded } from '../chain/events.ts'
import type { AttemptCost } from '../chain/outcome.ts'
import type { Instruments } from './instruments.ts'
import type { TargetNamer } from './snapshot-names.ts'
import { spendingMetrics } from './spending-metrics.ts'
import { walkMetrics } from './walk-metrics.ts'

export function createAttemptRecorder(
  instruments: Instruments,
  namer: TargetNamer,
): (event: AttemptEnded) => void {
  const attempts = instruments.counter(walkMetrics.attempts)
  const interruptions = instruments.counter(walkMetrics.streamInterruptions)
  const malformed = instruments.counter(walkMetrics.malformedEvents)
  const cost = instruments.counter(spendingMetrics.cost)
  const unpriced = instruments.counter(spendingMetrics.unpricedAttempts)
  const recordTokens = createTokenRecorder(instruments)

  return event => {
    const target = namer.target(event.target)
    const reason = event.failure === undefined ? 'none' : telemetryReasons[event.failure]
    attempts.add({ target, result: event.result, reason }, 1)
    const phase = interruptionPhase(event)
    if (phase !== undefined) interruptions.add({ target, phase }, 1)
    if (event.malformedEvents > 0) malformed.add({ target }, event.malformedEvents)
    if (event.cost.usage !== undefined) recordTokens(target, event.cost)
    if (event.cost.usd !== undefined) {
      cost.add({ policy: event.policy, target, billing: billing(event) }, event.cost.usd)
    } else if (event.cost.usage !== undefined) unpriced.add({ target }, 1)
  }
}

function billing(event: AttemptEnded): 'served' | 'wasted' | 'estimated' {
  if (event.cost.isEstimated) return 'estimated'
  return event.result === 'ok' ? 'served' : 'wasted'
}

/** Before content only a stream that says so counts; after content every end but a good one does. */
function interruptionPhase(event: AttemptEnded): string | undefined {
  if (event.result === 'ok') return undefined
  if (event.firstContentMs === undefined) {
    return event.failure === 'StreamInterrupted' ? 'before_first_token' : undefined
  }
  return event.result === 'cancelled' ? 'client_gone' : 'mid_stream'
}

function createTokenRecorder(instruments: Instruments): (target: string, cost: AttemptCost) => void {
  const tokens = instruments.counter(spendingMetrics.tokens)
  return (target, { usage = {} }) => {
    const add = (type: string, amount = 0) => {
      if (amount > 0) tokens.add({ target, token_type: type }, amount)
    }
    add('input', usage.input)
    add('output', usage.output)
    add('cache_read', usage.cachedInput)
    add('cache_write', usage.cacheWrite)
    add('reasoning', usage.reasoning)
  }
}
