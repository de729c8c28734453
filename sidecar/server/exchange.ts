// One request and its response, from the head to the last byte, and whether anybody is still there to read it.
import type { Socket } from 'node:net'
import { Cancellation, type CancelSignal } from '../resilience/cancellation.ts'
import type { Clock } from '../resilience/clock.ts'
import { soundHalfClosed } from './half-closed.ts'
import type { InboundRequest, InboundResponse } from './inbound.ts'

/** What a response that is still open is told when the process must end. */
export type Farewell = () => void

export class Exchange {
  readonly id: string
  readonly request: InboundRequest
  readonly response: InboundResponse
  /** Milliseconds since 1970. */
  readonly startedAt: number
  /** On the monotonic clock. */
  readonly arrivedAt: number
  /** Its place in the register; -1 once it is over. */
  slot = -1
  /** Why the connection was given up before the request was complete; absent: the caller went. */
  refusal: { readonly status: number; readonly code: string } | undefined
  readonly #gone = new Cancellation()
  #farewell: Farewell | undefined

  constructor(parts: { id: string; request: InboundRequest; response: InboundResponse; clock: Clock }) {
    this.id = parts.id
    this.request = parts.request
    this.response = parts.response
    this.startedAt = parts.clock.wallTime()
    this.arrivedAt = parts.clock.now()
  }

  /** Aborts when the caller has gone, or when nobody will wait for an answer any more. */
  get signal(): CancelSignal {
    return this.#gone.signal
  }

  abort(): void {
    this.#gone.abort()
  }

  /** A header of the request. Names with an underscore are ignored: proxies disagree about what they mean. */
  header(name: string): string | undefined {
    if (name.includes('_')) return undefined
    const value = this.request.headers[name]
    return typeof value === 'string' ? value : value?.join(', ')
  }

  /** Tells a caller that asked first whether its body is wanted: it is. */
  inviteBody(): void {
    if (this.request.headers.expect !== undefined) this.response.writeContinue?.()
  }

  /** Who answers for this exchange when it must end early. */
  onFarewell(farewell: Farewell): void {
    this.#farewell = farewell
  }

  sayFarewell(): void {
    this.#farewell?.()
  }
}

/**
 * All exchanges under way, by connection, so that a closed socket stops the work behind it at once.
 *
 * Kept in arrays on purpose. A Set or Map that is added to and deleted from for every request grows a new table each
 * time, and an old table points to the next: once one of them is in old memory it keeps every later request alive
 * until a full collection, which costs more than the requests themselves.
 */
export class ExchangeRegister {
  readonly #open: Exchange[] = []
  readonly #bySocket = new WeakMap<Socket, Exchange[]>()
  readonly #clock: Clock
  readonly #newRequestId: () => string
  #lastBusyAt: number
  #keepsAlive = true

  constructor(parts: { readonly clock: Clock; newRequestId(): string }) {
    this.#clock = parts.clock
    this.#newRequestId = () => parts.newRequestId()
    this.#lastBusyAt = parts.clock.now()
  }

  get size(): number {
    return this.#open.length
  }

  /** How long there has been nothing to do. */
  idleMs(): number {
    return this.#open.length > 0 ? 0 : this.#clock.now() - this.#lastBusyAt
  }

  all(): readonly Exchange[] {
    return [...this.#open]
  }

  on(socket: Socket): readonly Exchange[] {
    return [...(this.#bySocket.get(socket) ?? [])]
  }

  /** Connections are closed after the answer that is under way on them, and after every later one. */
  stopKeepingAlive(): void {
    this.#keepsAlive = false
    for (const { response } of this.#open) response.shouldKeepAlive = false
  }

  open(request: InboundRequest, response: InboundResponse): Exchange {
    const exchange = new Exchange({ id: this.#newRequestId(), request, response, clock: this.#clock })
    const onSocket = this.#ofSocket(request.socket)
    if (!this.#keepsAlive) response.shouldKeepAlive = false
    exchange.slot = this.#open.push(exchange) - 1
    onSocket.push(exchange)
    response.once('close', () => {
      // Node closes a response that was written in full, and one whose connection broke; only the latter is news.
      if (!response.writableFinished) exchange.abort()
      const place = onSocket.indexOf(exchange)
      if (place >= 0) onSocket.splice(place, 1)
      this.#forget(exchange)
    })
    return exchange
  }

  /** One listener of each kind a connection: an answer that waits its turn on it never hears of the close by itself. */
  #ofSocket(socket: Socket): Exchange[] {
    const known = this.#bySocket.get(socket)
    if (known !== undefined) return known
    const exchanges: Exchange[] = []
    this.#bySocket.set(socket, exchanges)
    socket.once('close', () => {
      for (const exchange of exchanges) {
        exchange.abort()
        this.#forget(exchange)
      }
      exchanges.length = 0
    })
    socket.once('end', () => soundHalfClosed(socket, exchanges, this.#clock))
    return exchanges
  }

  /** The last one takes its place: the order means nothing. */
  #forget(exchange: Exchange): void {
    if (this.#open[exchange.slot] !== exchange) return
    const last = this.#open.pop()
    if (last !== undefined && last !== exchange) {
      this.#open[exchange.slot] = last
      last.slot = exchange.slot
    }
    exchange.slot = -1
    this.#lastBusyAt = this.#clock.now()
  }
}
