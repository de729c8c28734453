// Turning a request away: a status, when to come back, and a sentence that says no more than the sidecar needs.
import type { ServerResponse } from 'node:http'
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
  streamUnknown: 'the stream is not open, or not of this token',
  requestMalformed: 'the request cannot be read',
  reportMalformed: 'the report cannot be read',
  reportTooLong: 'the report is too long',
  digestNotOffered: 'this snapshot was not offered on this stream',
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

/** Reports keep their connection, everything else gives it up. */
export function writeRefusal(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent || response.destroyed) return
  const { status, headers, body } = refusalAnswer(refusal)
  const closing = keepsConnection(refusal.reason) ? {} : { connection: 'close' }
  response.writeHead(status, { ...headers, ...closing }).end(body)
}

/** After these the body has been read whole, and the sidecar goes on. */
function keepsConnection(reason: RefusalReason): boolean {
  return reason === 'digestNotOffered' || reason === 'reportMalformed'
}
