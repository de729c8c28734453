// The parts of a request's story that do not depend on how its walk went.
import type { AttemptEnded, RequestEnded } from '../chain/events.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { CallerRequest } from '../chain/ports.ts'

type Description = Pick<
  RequestEnded,
  | 'kind'
  | 'requestId'
  | 'callerRequestId'
  | 'startedAt'
  | 'milliseconds'
  | 'format'
  | 'operation'
  | 'requestedModel'
  | 'stream'
  | 'requestBytes'
>

export function describeRequest(
  request: CallerRequest,
  times: { readonly startedAt: number; readonly milliseconds: number },
): Description {
  const callerRequestId = request.header('x-request-id')?.slice(0, 128)
  return {
    kind: 'requestEnded',
    requestId: request.id,
    ...(callerRequestId !== undefined && { callerRequestId }),
    ...times,
    format: request.format,
    operation: request.endpoint === 'countTokens' ? 'countTokens' : request.operation,
    requestedModel: request.model,
    stream: request.stream,
    requestBytes: request.bodyBytes,
  }
}

/** End of the first failed attempt to the first byte of the answer that was used; undefined when nothing was rescued. */
export function recoveryMs(
  attempts: readonly AttemptEnded[],
  outcome: Outcome | undefined,
  firstByteAfterMs: number,
): number | undefined {
  if (outcome?.kind !== 'served' || outcome.step.hop === 0) return undefined
  const firstFailed = attempts.find(attempt => attempt.result === 'error')
  if (firstFailed === undefined) return undefined
  return Math.max(0, firstByteAfterMs - firstFailed.milliseconds)
}
