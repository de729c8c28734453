import type { FailureKind } from '../../crds/vocabulary.ts'
import type { Confidential } from './confidential.ts'

/** Why an attempt did not serve. A value, never thrown: it may cause fallback, label a metric and appear in the audit. */
export interface Failure {
  readonly kind: FailureKind
  /** What happened, in our own constant words; never provider or caller text. Safe for logs. */
  readonly detail: string
  /** Upstream HTTP status, when one was received. */
  readonly status?: number
  /** The wait that the provider asks for, in milliseconds; absent when it asks for none. */
  readonly retryAfterMs?: number
  /** The provider said that asking again is useless (`x-should-retry: false`) or the kind makes it so. */
  readonly hopeless?: boolean
  /** The provider's own message: for the caller only, masked before it is shown. */
  readonly message?: Confidential
  /** The provider's own answer, to be given to a caller of the same dialect as it is (BadRequest, refusals). */
  readonly answer?: ProviderAnswer
  /** Which limit ran out, for kind Timeout. */
  readonly limit?: 'connect' | 'firstToken' | 'idle' | 'total' | 'deadline'
  /** How much of the prompt had left when it failed. Absent: all of it. */
  readonly promptSent?: 'none' | 'partial'
}

/** An upstream answer kept as it came. */
export interface ProviderAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: Buffer
}
