// One call on the wire: undici's callbacks on one side, the chain's port on the other, nothing in between.
import type { Dispatcher } from 'undici'
import type { BodyConsumer, ProviderResult, UpstreamBody } from '../chain/ports.ts'
import { classifyThrown } from '../failure/classify-thrown.ts'
import type { Failure } from '../failure/failure.ts'
import type { CancelSignal } from '../resilience/cancellation.ts'
import { readAnswerHeaders, withoutCoding } from './answer-headers.ts'
import { decodeBody } from './decode-body.ts'

type Phase = 'sending' | 'answered' | 'over'

/** Bytes that may come before somebody wants them; then the provider is asked to wait. */
const maxHeldBytes = 256 * 1024

const aborted: Failure = { kind: 'ConnectError', detail: 'the call was aborted' }

export class WireCall implements Dispatcher.DispatchHandler, UpstreamBody {
  readonly #settle: (result: ProviderResult) => void
  readonly #signal: CancelSignal
  readonly #maxBodyBytes: number
  #phase: Phase = 'sending'
  #controller: Dispatcher.DispatchController | undefined
  #consumer: BodyConsumer | undefined
  #held: Buffer[] = []
  #heldBytes = 0
  #receivedBytes = 0
  /** The consumer asked for a pause. */
  #isHeldBack = false
  #isHandingOver = false
  #ending: { readonly failure: Failure | undefined } | undefined
  #isAborted = false
  #hasSent = false

  constructor(parts: {
    signal: CancelSignal
    maxBodyBytes: number
    settle: (result: ProviderResult) => void
  }) {
    this.#settle = parts.settle
    this.#signal = parts.signal
    this.#maxBodyBytes = parts.maxBodyBytes
    parts.signal.onAbort(this.#onSignal)
  }

  // ── From undici ──────────────────────────────────────────────────────────────────────────────────────────────────

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#hasSent = true
    if (this.#isAborted) controller.abort(new Error('aborted'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    // Informational answers come before the real one.
    if (status < 200 || this.#phase !== 'sending') return
    this.#phase = 'answered'
    const read = readAnswerHeaders(headers)
    const decoded = decodeBody(this, read['content-encoding'], this.#maxBodyBytes)
    if (decoded.kind === 'refused') {
      this.#settle({ kind: 'failed', failure: decoded.failure })
      return this.abort()
    }
    this.#settle({ kind: 'answered', status, headers: withoutCoding(read), body: decoded.body })
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#isAborted || this.#phase === 'over') return
    this.#receivedBytes += chunk.length
    if (this.#receivedBytes > this.#maxBodyBytes) {
      return this.#break({
        kind: 'InvalidResponse',
        detail: 'the answer of the provider is larger than allowed',
      })
    }
    if (this.#consumer !== undefined) return this.#consumer.data(chunk)
    this.#held.push(chunk)
    this.#heldBytes += chunk.length
    if (this.#heldBytes > maxHeldBytes) this.#controller?.pause()
  }

  onResponseEnd(): void {
    this.#finish(undefined)
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    const failure = classifyThrown(error)
    if (this.#phase === 'sending') {
      this.#phase = 'over'
      this.#release()
      const unsent: Failure = this.#hasSent ? failure : { ...failure, promptSent: 'none' }
      return this.#settle({ kind: 'failed', failure: unsent })
    }
    // Whatever broke an answer that had begun is an interruption: undici calls a cut body now a closed socket, now a
    // wrong length and now a breach of the protocol.
    this.#finish({ ...failure, kind: 'StreamInterrupted' })
  }

  // ── To the chain ─────────────────────────────────────────────────────────────────────────────────────────────────

  consume(consumer: BodyConsumer): void {
    this.#consumer = consumer
    const held = this.#held
    this.#held = []
    this.#heldBytes = 0
    this.#isHandingOver = true
    for (const chunk of held) if (!this.#isAborted) consumer.data(chunk)
    this.#isHandingOver = false
    if (this.#ending !== undefined) return this.#tell(this.#ending.failure)
    if (this.#isHeldBack) this.pause()
    else this.resume()
  }

  pause(): void {
    this.#isHeldBack = true
    if (this.#phase !== 'over') this.#controller?.pause()
  }

  resume(): void {
    this.#isHeldBack = false
    // undici reads on at once: what it would bring must not overtake what is being handed over.
    if (this.#phase !== 'over' && !this.#isHandingOver) this.#controller?.resume()
  }

  abort(): void {
    if (this.#isAborted) return
    this.#isAborted = true
    this.#held = []
    if (this.#phase === 'over') return
    this.#release()
    this.#controller?.abort(new Error('aborted'))
  }

  readonly #onSignal = (): void => {
    // Nobody waits for a connection that is still being made: it is given up as soon as it is there.
    if (this.#phase === 'sending') {
      this.#settle({ kind: 'failed', failure: this.#hasSent ? aborted : { ...aborted, promptSent: 'none' } })
    }
    this.abort()
  }

  #break(failure: Failure): void {
    this.#finish(failure)
    this.#controller?.abort(new Error('too large'))
  }

  #finish(failure: Failure | undefined): void {
    if (this.#phase === 'over') return
    this.#phase = 'over'
    this.#release()
    if (this.#isAborted) return
    this.#ending = { failure }
    if (this.#consumer !== undefined) this.#tell(failure)
  }

  #tell(failure: Failure | undefined): void {
    if (this.#isAborted) return
    if (failure === undefined) this.#consumer?.end()
    else this.#consumer?.error(failure)
  }

  #release(): void {
    this.#signal.offAbort(this.#onSignal)
  }
}
