// What the push server tells whoever listens: telemetry turns it into log lines and counters.
import type { FarewellFrame, VerdictReport } from '../../crds/snapshot/control-frames.ts'

/** Why a request was turned away; the same words in logs and metrics. */
export type RefusalReason =
  | 'noToken'
  | 'tokenRefused'
  | 'tokenExpired'
  | 'podUnknown'
  | 'podDiffers'
  | 'podFinished'
  | 'reviewUnavailable'
  | 'tooManyAtOnce'
  | 'tooManyStreams'
  | 'draining'
  | 'protocolUnsupported'
  | 'unknownPath'
  | 'wrongMethod'
  | 'bodyNotChunked'
  | 'requestMalformed'

/** Why a stream is over. */
export type CloseReason =
  | FarewellFrame['reason']
  /** The other end or the network closed it. */
  | 'hungUp'
  /** No report for three heartbeats. */
  | 'silent'
  /** The other end did not take what was written. */
  | 'slowReader'
  /** It sent what is no report. */
  | 'garbled'

export interface PodName {
  readonly namespace: string
  readonly pod: string
}

export type PushEvent =
  | ({ readonly kind: 'streamOpened'; readonly version: string } & PodName)
  | ({
      readonly kind: 'streamClosed'
      readonly reason: CloseReason
      /** Of one that was garbled: field and expectation, never what was sent. */
      readonly problem?: string
    } & PodName)
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly reason: RefusalReason
      /** As known when it was refused; from the token, so only after its review. */
      readonly pod?: PodName
      /** For the log alone; never the token. */
      readonly detail?: string
    }
  | ({ readonly kind: 'snapshotSent'; readonly digest: string; readonly bytes: number } & PodName)
  /** Its pod is not of the shape in which keys are safe; `reason` says why. */
  | ({ readonly kind: 'credentialsWithheld'; readonly reason: string } & PodName)
  | ({
      readonly kind: 'verdict'
      readonly digest: string
      readonly verdict: VerdictReport['verdict']
    } & PodName)
  /** A verdict on what is not on offer on its stream: too late to matter, or made up. */
  | ({ readonly kind: 'verdictPassedOver' } & PodName)
  | { readonly kind: 'certificateSwapped' }
  /** The certificate before it stays in use. */
  | { readonly kind: 'certificateUnusable'; readonly error: unknown }
  | { readonly kind: 'summaryNotWritten'; readonly error: unknown; readonly retryInMs: number }
  | { readonly kind: 'summaryUnreadable'; readonly name: string; readonly problem: string }
  /** The summary of a replica that is gone. */
  | { readonly kind: 'summaryRemoved'; readonly name: string }
  | { readonly kind: 'summaryNotRemoved'; readonly name: string; readonly error: unknown }
  /** A mistake of ours while a request was answered. */
  | { readonly kind: 'failed'; readonly error: unknown }

export type ReportPushEvent = (event: PushEvent) => void
