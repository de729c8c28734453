// undici's callbacks on one side, what the connection wants to know on the other.
import type { Dispatcher } from 'undici'
import type { ConnectionEnd, ConnectionListener } from './connection-port.ts'
import { explainConnectError } from './explain-connect-error.ts'

/** Of a refusal's body, for the log. */
const maxReasonBytes = 1024

type StreamListener = Pick<ConnectionListener, 'data' | 'ended'>
type ResponseHeaders = Readonly<Record<string, string | string[] | undefined>>

/** Of the stream that comes down, or of its refusal. */
export class StreamHandler implements Dispatcher.DispatchHandler {
  readonly #listener: StreamListener
  #refusal: { readonly status: number; readonly retryAfterMs?: number } | undefined
  #reason = ''

  constructor(listener: StreamListener) {
    this.#listener = listener
  }

  onRequestStart(): void {
    // Nothing to do: the pool that is closed ends every call.
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: ResponseHeaders,
  ): void {
    if (status < 200 || status === 200) return
    const seconds = Number(headers['retry-after'] ?? Number.NaN)
    this.#refusal = { status, ...(seconds >= 0 && { retryAfterMs: seconds * 1000 }) }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#refusal === undefined) return this.#listener.data(chunk)
    this.#reason += chunk.toString('latin1').slice(0, maxReasonBytes - this.#reason.length)
    if (this.#reason.length >= maxReasonBytes) controller.abort(new Error('enough was read'))
  }

  onResponseEnd(): void {
    this.#end({ kind: 'finished' })
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.#end({ kind: 'failed', problem: explainConnectError(error) })
  }

  #end(end: ConnectionEnd): void {
    if (this.#refusal === undefined) return this.#listener.ended(end)
    this.#listener.ended({ kind: 'refused', ...this.#refusal, reason: reasonIn(this.#reason) })
  }
}

/** The `message` of a JSON document, or the text as it is: a proxy in between may have answered. */
function reasonIn(body: string): string {
  return messageOf(body)
    .replace(/[^\x20-\x7e]+/g, ' ')
    .trim()
}

function messageOf(body: string): string {
  try {
    const parsed: unknown = JSON.parse(body)
    const isObject = typeof parsed === 'object' && parsed !== null && 'message' in parsed
    return isObject && typeof parsed.message === 'string' ? parsed.message : body
  } catch {
    return body
  }
}
