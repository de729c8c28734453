// A Lease on an API server that can only be reached over links that tests cut and slow down.
import type { Clock } from '../reconcile/ports.ts'
import type { ApiClient, ApiRequest } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { readLease } from './lease-record.ts'
import { fieldsOf, textOf } from './untrusted.ts'
import { wait } from './wait.ts'

const never = new AbortController().signal

/** The API server as far as one Lease goes. */
export class SampleLease {
  object: unknown
  writes = 0
  #version = 0

  handle({ method, body }: ApiRequest): unknown {
    const current = readLease(this.object)
    if (method === 'GET' && this.object === undefined) throw failure(404)
    if (method === 'GET') return this.object
    const given = textOf(fieldsOf(fieldsOf(body)['metadata'])['resourceVersion'])
    if (method === 'POST' ? this.object !== undefined : given !== current.resourceVersion) throw failure(409)
    this.#version += 1
    this.writes += 1
    const { metadata, ...rest } = fieldsOf(body)
    this.object = { ...rest, metadata: { ...fieldsOf(metadata), resourceVersion: String(this.#version) } }
    return this.object
  }

  get holder(): string {
    return readLease(this.object).holder
  }
}

function failure(status: number): ApiError {
  return new ApiError({ status, reason: `Status${status}`, message: `status ${status}` })
}

export interface Link {
  /** `cut`: nothing arrives; `deaf`: requests arrive, answers do not. */
  state: 'open' | 'cut' | 'deaf'
  /** Before a request arrives. */
  delayMs: number
}

/** A way to the API server that a test can cut or slow down. */
export function clientOver(link: Link, clock: Clock, lease: SampleLease): ApiClient {
  return {
    async send(request) {
      const { timeoutMs = 30_000 } = request
      const lost = async () => {
        await wait(clock, timeoutMs, request.signal ?? never)
        throw new ApiError({ status: 0, reason: 'Timeout', message: 'no answer' })
      }
      if (link.delayMs > 0) {
        await wait(clock, Math.min(link.delayMs, timeoutMs), request.signal ?? never)
        if (link.delayMs >= timeoutMs)
          throw new ApiError({ status: 0, reason: 'Timeout', message: 'too slow' })
      }
      if (link.state === 'cut') return lost()
      const answer = lease.handle(request)
      return link.state === 'deaf' ? lost() : answer
    },
    stream: () => Promise.reject(new Error('not asked for')),
    close: async () => undefined,
  }
}
