// What there is to tell about admission; whoever logs and counts listens. Never what was asked about.
export type AdmissionEvent =
  /** `resource` is one of our kinds, or `other`. */
  | {
      readonly kind: 'reviewed'
      readonly resource: string
      readonly outcome: 'allowed' | 'warned' | 'refused' | 'unavailable'
      readonly durationMs: number
    }
  /** A pod was judged; `decision` is from a closed list. */
  | { readonly kind: 'podReviewed'; readonly decision: string; readonly durationMs: number }
  /** Somebody who does not speak the API server's language. */
  | { readonly kind: 'malformedReview'; readonly problem: string }
  /** A bug: the caller was answered 500. */
  | { readonly kind: 'reviewFailed'; readonly error: unknown }
  | { readonly kind: 'certificateSwapped' }
  /** The certificate before it stays in use. */
  | { readonly kind: 'certificateUnusable'; readonly error: unknown }
  /** A webhook configuration was written: its path. */
  | { readonly kind: 'webhookRegistered'; readonly configuration: string }
  /** It could not be read or written; tried again. */
  | { readonly kind: 'webhookNotRegistered'; readonly error: unknown }

export type ReportAdmissionEvent = (event: AdmissionEvent) => void
