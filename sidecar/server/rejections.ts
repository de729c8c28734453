// The one place where a request that never became a session is answered: in its caller's shape, and told to telemetry.
import type { RequestEnded } from '../chain/events.ts'
import type { CallerRequest } from '../chain/ports.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { Clock } from '../resilience/clock.ts'
import { rejectionError } from './caller-error.ts'
import type { Exchange } from './exchange.ts'
import { hasBody } from './front-door.ts'
import type { InboundRequest, InboundResponse } from './inbound.ts'
import { refusedRequestIds } from './request-id-header.ts'
import type { HeaderRecord } from './response-headers.ts'
import { answerBytes, jsonBytes } from './send-bytes.ts'
import { printableAscii } from './structured-field.ts'
import type { ErrorShape } from './surfaces.ts'

export interface RejectionParts {
  readonly clock: Clock
  readonly writeStallMs: number
  readonly lingerMs: number
  onRejected(event: RequestEnded): void
  onBug(error: unknown): void
}

export interface Rejection {
  readonly error: unknown
  readonly shape: ErrorShape
  readonly headers?: HeaderRecord
  /** As far as the request was read. */
  readonly caller?: CallerRequest
  /** The connection cannot be trusted with another request. */
  readonly closes?: 'connection'
}

const longestRequestId = 128

export class Rejections {
  readonly #parts: RejectionParts

  constructor(parts: RejectionParts) {
    this.#parts = parts
  }

  reject(exchange: Exchange, rejection: Rejection): void {
    const { error, shape } = rejection
    if (!(error instanceof RequestRejected)) this.#parts.onBug(error)
    const told = rejectionError(error, exchange.id)
    this.#tell(exchange, rejection, told)
    const { request, response } = exchange
    const lingers = !request.complete && hasBody(request)
    if (rejection.closes !== undefined || lingers) response.shouldKeepAlive = false
    const answer = {
      status: told.status,
      body: jsonBytes(shape.encodeError(told)),
      headers: {
        ...refusedRequestIds(shape, exchange.id),
        ...shape.errorHeaders?.(told),
        ...rejection.headers,
      },
      context: this.#parts,
    }
    if (lingers && rejection.closes === undefined) this.#answerAndLinger(request, response, answer)
    else answerBytes(response, answer)
  }

  /** Answers a request that is still being read. Its reader finds the end and tells of it. */
  cutOff(
    exchange: Exchange,
    refusal: { readonly status: number; readonly code: string; readonly message: string },
    shape: ErrorShape,
  ): void {
    exchange.refusal = refusal
    answerBytes(exchange.response, {
      status: refusal.status,
      body: jsonBytes(shape.encodeError({ ...refusal, requestId: exchange.id })),
      headers: refusedRequestIds(shape, exchange.id),
      context: this.#parts,
    })
  }

  /** The caller went away, or was cut off, before its request was complete. */
  noteUnfinished(exchange: Exchange, shape: ErrorShape): void {
    const { refusal } = exchange
    this.#parts.onRejected({
      ...this.#common(exchange, shape),
      outcome: refusal === undefined ? 'cancelled' : 'denied',
      status: refusal?.status ?? 0,
      ...(refusal !== undefined && { code: refusal.code }),
    })
  }

  #tell(
    exchange: Exchange,
    { shape, caller, error }: Rejection,
    told: { status: number; code: string },
  ): void {
    this.#parts.onRejected({
      ...this.#common(exchange, shape),
      ...(caller !== undefined && {
        operation: caller.operation,
        requestedModel: caller.model,
        stream: caller.stream,
        requestBytes: caller.bodyBytes,
      }),
      outcome: error instanceof RequestRejected ? 'denied' : 'error',
      status: told.status,
      code: told.code,
    })
  }

  #common(exchange: Exchange, shape: ErrorShape): Omit<RequestEnded, 'outcome' | 'status'> {
    const callerRequestId = exchange.header('x-request-id')
    return {
      kind: 'requestEnded',
      requestId: exchange.id,
      ...(callerRequestId !== undefined && {
        callerRequestId: printableAscii(callerRequestId).slice(0, longestRequestId),
      }),
      startedAt: exchange.startedAt,
      milliseconds: this.#parts.clock.now() - exchange.arrivedAt,
      format: shape.format,
      operation: 'Chat',
      stream: false,
      requestBytes: 0,
      trail: [],
      attempts: [],
      drops: [],
    }
  }

  /**
   * Closing while the sender still writes would reset the connection, and the refusal would be lost with it. So the
   * answer goes out complete, and the connection ends when the body has, or soon.
   */
  #answerAndLinger(
    request: InboundRequest,
    response: InboundResponse,
    answer: { readonly status: number; readonly body: Buffer; readonly headers: HeaderRecord },
  ): void {
    if (response.headersSent || response.destroyed) return
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...answer.headers,
      'content-length': answer.body.length,
    })
    response.write(answer.body)
    const end = () => {
      cancel()
      response.end()
    }
    const cancel = this.#parts.clock.schedule(this.#parts.lingerMs, end)
    request.once('end', end)
    request.once('close', end)
    request.resume()
  }
}
