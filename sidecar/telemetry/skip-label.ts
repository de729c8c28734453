import { telemetryReasons } from '../../crds/vocabulary.ts'
import type { SkipReason } from '../chain/outcome.ts'

/** Why a step was left out, as metrics and audit spell it. */
export function skipLabel(reason: SkipReason): string {
  if (reason === 'AttemptsExhausted') return 'attempts_exhausted'
  if (reason === 'CacheMiss') return 'cache_miss'
  return telemetryReasons[reason]
}
