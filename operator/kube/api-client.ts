// Requests to the API server over HTTP/1.1 connections of our own, each bounded in time and size.
import { Pool } from 'undici'
import type { Clock } from '../reconcile/ports.ts'
import { ApiError, errorOfAnswer, hasStatus, reasonOf } from './api-error.ts'
import { exchange, type WireRequest } from './exchange.ts'
import type { Connection, ConnectionSource } from './kube-connection.ts'

export interface ApiRequest {
  readonly method: WireRequest['method']
  /** Such as `/api/v1/pods`, without a query. */
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** Default: `application/json`. */
  readonly contentType?: string
  /** For the whole exchange; default 30 s. Streams have no bound but their signal. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

export interface ApiClient {
  /** The parsed body of a success. @throws ApiError */
  send(request: ApiRequest): Promise<unknown>
  /**
   * Hands over the body of a success as it comes; resolves at its end.
   * @param onAccepted called once, before any of the body.
   * @throws ApiError, and what `onChunk` throws
   */
  stream(request: ApiRequest, onChunk: (chunk: Buffer) => void, onAccepted?: () => void): Promise<void>
  close(): Promise<void>
}

const defaultTimeoutMs = 30_000
const connectTimeoutMs = 5_000
/** A page of 500 large objects fits; a server gone mad does not fill the memory. */
const largestAnswer = 192 * 1024 * 1024
const largestFailure = 64 * 1024

export function createApiClient(source: ConnectionSource, clock: Clock): ApiClient {
  return new PooledClient(source, clock)
}

class PooledClient implements ApiClient {
  readonly #source: ConnectionSource
  readonly #clock: Clock
  readonly #closing = new AbortController()
  #pool: { readonly key: string; readonly pool: Pool } | undefined

  constructor(source: ConnectionSource, clock: Clock) {
    this.#source = source
    this.#clock = clock
  }

  async send(request: ApiRequest): Promise<unknown> {
    const timeout = new AbortController()
    const { timeoutMs = defaultTimeoutMs } = request
    const cancel = this.#clock.schedule(timeoutMs, () => timeout.abort(timedOut(request, timeoutMs)))
    const chunks: Buffer[] = []
    let size = 0
    try {
      await this.#call(request, timeout.signal, chunk => {
        size += chunk.length
        if (size > largestAnswer) throw badAnswer(request, `is longer than ${largestAnswer} bytes`)
        chunks.push(chunk)
      })
    } finally {
      cancel()
    }
    return parseAnswer(request, Buffer.concat(chunks, size).toString('utf8'))
  }

  stream(request: ApiRequest, onChunk: (chunk: Buffer) => void, onAccepted?: () => void): Promise<void> {
    return this.#call(request, undefined, onChunk, onAccepted)
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the client is closed'))
    await this.#pool?.pool.destroy()
  }

  async #call(
    request: ApiRequest,
    timeout: AbortSignal | undefined,
    onChunk: (chunk: Buffer) => void,
    onAccepted?: () => void,
  ): Promise<void> {
    const signals = [this.#closing.signal, timeout, request.signal].filter(signal => signal !== undefined)
    let status = 0
    let retryAfter: string | undefined
    let failure = ''
    try {
      const connection = await this.#source.current()
      await exchange(this.#poolFor(connection), wireRequestOf(request, connection), {
        signal: AbortSignal.any(signals),
        onHead: (code, headers) => {
          status = code
          retryAfter = String(headers['retry-after'] ?? '')
          if (status < 300) onAccepted?.()
        },
        onChunk: chunk => {
          if (status < 300) onChunk(chunk)
          else if (failure.length < largestFailure) failure += chunk.toString('utf8')
        },
      })
    } catch (error) {
      throw this.#describe(request, error)
    }
    if (status < 300) return
    const { method, path } = request
    const error = errorOfAnswer({ method, path, status, retryAfter: retryAfter ?? '', body: failure })
    if (hasStatus(error, 401)) this.#source.forget()
    throw error
  }

  /** Our own errors and the caller's abort stay what they are; the rest means that the server was not reached. */
  #describe({ method, path, signal }: ApiRequest, error: unknown): unknown {
    if (signal?.aborted || this.#closing.signal.aborted || !isFromTheWire(error)) return error
    const message = `${method} ${path}: the API server could not be reached: ${reasonOf(error)}`
    return new ApiError({ status: 0, reason: 'Unreachable', message, cause: error })
  }

  #poolFor(connection: Connection): Pool {
    if (this.#pool?.key === connection.key) return this.#pool.pool
    // What still runs on the old credentials ends by itself: no watch lives longer than some minutes.
    void this.#pool?.pool.close()
    const pool = new Pool(connection.origin, {
      allowH2: false,
      pipelining: 1,
      // Time is bounded per request, on the clock that tests can turn.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        ...connection.tls,
        timeout: connectTimeoutMs,
        keepAlive: true,
        // Shorter than the idle limits of load balancers; a dead peer is noticed in less than a minute.
        keepAliveInitialDelay: 30_000,
      },
    })
    this.#pool = { key: connection.key, pool }
    return pool
  }
}

function wireRequestOf(request: ApiRequest, connection: Connection): WireRequest {
  const query = new URLSearchParams(request.query).toString()
  const { method, path, body, contentType = 'application/json' } = request
  return {
    method,
    path: `${connection.basePath}${path}${query === '' ? '' : `?${query}`}`,
    headers: {
      accept: 'application/json',
      'user-agent': 'llm-fallback-operator',
      ...connection.headers,
      ...(body === undefined ? {} : { 'content-type': contentType }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }
}

/** Errors with a code are Node's and undici's. */
function isFromTheWire(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
}

function timedOut({ method, path }: ApiRequest, timeoutMs: number): ApiError {
  const message = `${method} ${path}: no answer from the API server within ${timeoutMs} ms`
  return new ApiError({ status: 0, reason: 'Timeout', message })
}

function badAnswer({ method, path }: ApiRequest, what: string): ApiError {
  return new ApiError({ status: 0, reason: 'BadAnswer', message: `${method} ${path}: the answer ${what}` })
}

function parseAnswer(request: ApiRequest, text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words quote the text.
    throw badAnswer(request, 'is no JSON')
  }
}
