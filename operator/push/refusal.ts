// Turning a request away: a status, when to come back, and a sentence that says no more than the sidecar needs.
import type { PodName, RefusalReason } from './push-events.ts'

export interface Refusal {
  readonly status: number
  readonly reason: RefusalReason
  readonly retryAfterMs?: number
  readonly pod?: PodName
  /** For our log alone. */
  readonly detail?: string
  /** For the sidecar, in place of the usual sentence: about what it sent, never about others. */
  readonly problem?: string
}

const sentences: Readonly<Record<RefusalReason, string>> = {
  noToken: 'send a projected service account token as "authorization: Bearer"',
  tokenRefused: 'the token is not accepted',
  tokenExpired: 'the token has expired',
  podUnknown: 'the pod of this token is not known yet',
  podDiffers: 'the token does not belong to a running pod',
  podFinished: 'the token does not belong to a running pod',
  reviewUnavailable: 'the token cannot be reviewed now',
  tooManyAtOnce: 'too many sidecars connect at once',
  tooManyStreams: 'this replica serves as many sidecars as it can',
  draining: 'this replica is about to stop',
  protocolUnsupported: 'this protocol version is not served',
  unknownPath: 'there is nothing here',
  wrongMethod: 'this method is not served here',
  bodyNotChunked: 'reports go up in the body of this request, so it has to be chunked',
  requestMalformed: 'the request cannot be read',
}

/** What is answered: a JSON document `{reason, message}`. */
export interface RefusalAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** Pure. */
export function refusalAnswer(refusal: Refusal): RefusalAnswer {
  const message = refusal.problem ?? sentences[refusal.reason]
  const body = Buffer.from(JSON.stringify({ reason: refusal.reason, message }))
  const { status, retryAfterMs } = refusal
  return {
    status,
    body,
    headers: {
      'content-type': 'application/json',
      'content-length': String(body.length),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...(retryAfterMs === undefined
        ? {}
        : { 'retry-after': String(Math.max(1, Math.ceil(retryAfterMs / 1_000))) }),
    },
  }
}
