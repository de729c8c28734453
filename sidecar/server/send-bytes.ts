// Complete answers: one head with its length, one body, one write.
import type { CallerError, CallerFormat } from '../dialect/dialect.ts'
import type { InboundResponse } from './inbound.ts'
import type { ReplyContext } from './pending-reply.ts'
import type { HeaderRecord } from './response-headers.ts'

export interface CompleteAnswer {
  readonly status: number
  readonly body: Buffer
  /** `content-type` is JSON unless given here. */
  readonly headers: HeaderRecord
  readonly context: Pick<ReplyContext, 'clock' | 'writeStallMs'>
}

/** Bytes; above this a copy costs more than a second write. */
const longestAsText = 16 * 1024

export function answerBytes(response: InboundResponse, answer: CompleteAnswer): void {
  if (response.headersSent || response.destroyed) return
  const { status, body, headers, context } = answer
  response.writeHead(status, {
    'content-type': 'application/json',
    ...headers,
    'content-length': body.length,
  })
  // A text goes out together with the head, in one write; latin1 is every byte as it is.
  if (body.length <= longestAsText) response.end(body.toString('latin1'), 'latin1')
  else response.end(body)
  if (response.writableLength > 0) dropStalledReader(response, context)
}

/** A reader who leaves its answer lying in our memory loses its connection. */
function dropStalledReader(
  response: InboundResponse,
  { clock, writeStallMs }: CompleteAnswer['context'],
): void {
  const cancel = clock.schedule(writeStallMs, () => response.destroy())
  response.once('close', cancel)
}

export function errorBytes(format: Pick<CallerFormat, 'encodeError'>, error: CallerError): Buffer {
  return jsonBytes(format.encodeError(error))
}

export function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value), 'utf8')
}
