// One request and its answer on undici's `dispatch`: no streams in between, chunks are handed over as they come.
import type { Dispatcher } from 'undici'

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** With its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Receiver {
  readonly signal: AbortSignal
  onHead(status: number, headers: Readonly<Record<string, string | string[] | undefined>>): void
  /** What it throws ends the exchange. */
  onChunk(chunk: Buffer): void
}

/** Resolves when the answer has ended; rejects with the signal's reason, with what the receiver threw or with undici's error. */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  request: WireRequest,
  receiver: Receiver,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const { signal } = receiver
  let controller: Dispatcher.DispatchController | undefined
  const abort = () => {
    const reason = signal.reason instanceof Error ? signal.reason : new Error('aborted')
    controller?.abort(reason)
    // A request that still waits for a connection has no controller yet; nobody waits for it any longer.
    reject(reason)
  }
  const handler: Dispatcher.DispatchHandler = {
    onRequestStart(started) {
      controller = started
      if (signal.aborted) abort()
    },
    onResponseStart: (_started, status, headers) => {
      if (status >= 200) receiver.onHead(status, headers)
    },
    onResponseData: (started, chunk) => {
      try {
        receiver.onChunk(chunk)
      } catch (error) {
        const thrown = error instanceof Error ? error : new Error(String(error))
        reject(thrown)
        started.abort(thrown)
      }
    },
    onResponseEnd: () => resolve(),
    onResponseError: (_started, error) => reject(error),
  }
  if (signal.aborted) {
    abort()
    return promise
  }
  signal.addEventListener('abort', abort, { once: true })
  const { method, path, headers, body = null } = request
  dispatcher.dispatch({ method, path, headers, body }, handler)
  return promise.finally(() => signal.removeEventListener('abort', abort))
}
