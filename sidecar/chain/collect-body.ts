// The bodies that are read whole before anybody is answered: answers, for which a bound is the attempt's, and refusals, of which
// the head has said the most already.
import type { Failure } from '../failure/failure.ts'
import type { Clock } from '../resilience/clock.ts'
import type { AttemptRecord } from './attempt-record.ts'
import type { Lifeline } from './lifeline.ts'
import type { UpstreamBody } from './ports.ts'

/** Largest complete answer that is held in memory. */
const maxAnswerBytes = 64 * 1024 * 1024

/** What a provider has to say about a failure is short, and not worth the time of the next target. */
const refusalLimits = { bytes: 1024 * 1024, milliseconds: 2_000 }

interface Reader {
  readonly lifeline: Lifeline
  readonly record: Pick<AttemptRecord, 'received'>
}

/** Resolves with all bytes, or with why there are not. */
export function collectAnswer(body: UpstreamBody, { lifeline, record }: Reader): Promise<Buffer | Failure> {
  return new Promise(resolve => {
    const pieces = new Pieces()
    const cut = (failure: Failure) => {
      body.abort()
      resolve(failure)
    }
    lifeline.onCut(() => cut({ kind: 'Timeout', detail: 'the attempt was cut while its answer came in' }))
    body.consume({
      data(chunk) {
        record.received(chunk.length)
        if (pieces.add(chunk) > maxAnswerBytes)
          cut({ kind: 'InvalidResponse', detail: 'the answer is larger than 64 MiB' })
      },
      end: () => resolve(pieces.join()),
      // A whole answer that broke off is a broken connection; only a stream can be interrupted.
      error: failure =>
        resolve(failure.kind === 'StreamInterrupted' ? { ...failure, kind: 'ConnectError' } : failure),
    })
  })
}

/**
 * Resolves with the body of an answer whose status is a failure, or with undefined when it breaks off, is too large, or is
 * not whole in time: the status and the headers stand for themselves then.
 */
export function collectRefusal(
  body: UpstreamBody,
  { lifeline, record, clock }: Reader & { readonly clock: Clock },
): Promise<Buffer | undefined> {
  return new Promise(resolve => {
    const pieces = new Pieces()
    const conclude = (bytes: Buffer | undefined) => {
      cancel()
      resolve(bytes)
    }
    const cut = () => {
      body.abort()
      conclude(undefined)
    }
    const cancel = clock.schedule(refusalLimits.milliseconds, cut)
    lifeline.onCut(cut)
    body.consume({
      data(chunk) {
        record.received(chunk.length)
        if (pieces.add(chunk) > refusalLimits.bytes) cut()
      },
      end: () => conclude(pieces.join()),
      error: () => conclude(undefined),
    })
  })
}

class Pieces {
  readonly #chunks: Buffer[] = []
  #size = 0

  /** @returns how many bytes there are by now. */
  add(chunk: Buffer): number {
    this.#chunks.push(chunk)
    this.#size += chunk.length
    return this.#size
  }

  join(): Buffer {
    const [only] = this.#chunks
    return this.#chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.#chunks, this.#size)
  }
}
