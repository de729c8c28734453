// What there is to tell about certificates; whoever logs and counts listens.
export type CertificateEvent =
  /** The Secret was made: the first time, or again after somebody deleted it. */
  | { readonly kind: 'authorityCreated' }
  /** A new authority is trusted from now on, and signs after the overlap. */
  | { readonly kind: 'rotationBegun' }
  | { readonly kind: 'rotationCompleted' }
  /** The authority that signed before the latest rotation is no longer trusted. */
  | { readonly kind: 'previousDropped' }
  /** Wall time. */
  | { readonly kind: 'leafIssued'; readonly notAfter: number }
  /** What was read before works on. `problem` names the key of the Secret; `cure` is what a person can do. */
  | { readonly kind: 'secretBroken'; readonly problem: string; readonly cure: string }
  /** A namespace has the bundle of the moment from now on. */
  | { readonly kind: 'trustPublished'; readonly namespace: string }
  /** Pods of this namespace may not reach the operator; tried again. */
  | {
      readonly kind: 'trustNotPublished'
      readonly namespace: string
      readonly error: unknown
      readonly retryInMs: number
    }
  /** The API server could not be asked, or refused; tried again. */
  | { readonly kind: 'passFailed'; readonly error: unknown }

export type ReportCertificateEvent = (event: CertificateEvent) => void
