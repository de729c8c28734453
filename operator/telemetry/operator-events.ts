// What the rooms tell about themselves, as log lines and counters. Each room has its own closed list of events; the words of a
// log line are constant, so that people can search for them.
import type { Counter } from 'prom-client'
import type { Logger } from './logger.ts'

/** As much of an event as telemetry needs to know: its kind, and fields that are fit to be logged. */
export interface OperatorEvent {
  readonly kind: string
}

export type Level = 'debug' | 'info' | 'warn' | 'error'

/** How each kind of event reads in the log; an absent one is only counted. */
export type Sentences = Readonly<Record<string, readonly [Level, string]>>

export const sentences: Sentences = {
  // The API server
  listed: ['debug', 'a collection was read in full'],
  failed: ['warn', 'a watch or list failed'],
  missed: ['error', 'a checking list found changes that the watch had not told'],
  leaseFailed: ['warn', 'the lease could be neither read nor written'],
  eventFailed: ['debug', 'an event was not recorded'],
  // Certificates
  authorityCreated: ['info', 'the certificate authority was made'],
  rotationBegun: ['info', 'a new certificate authority is trusted'],
  rotationCompleted: ['info', 'the new certificate authority signs'],
  previousDropped: ['info', 'the previous certificate authority is no longer trusted'],
  leafIssued: ['info', 'a serving certificate was made'],
  secretBroken: ['error', 'the Secret of the certificate authority cannot be used'],
  trustPublished: ['debug', 'a namespace was told whom its sidecars trust'],
  trustNotPublished: ['warn', 'a namespace could not be told whom its sidecars trust'],
  passFailed: ['warn', 'the certificate authority could not be looked at'],
  certificateSwapped: ['debug', 'a listener took the new certificate'],
  certificateUnusable: ['error', 'a listener could not take the new certificate'],
  // Admission
  malformedReview: ['warn', 'somebody sent something that is no admission review'],
  reviewFailed: ['error', 'an admission review failed'],
  webhookRegistered: ['info', 'the webhook configuration was written'],
  webhookNotRegistered: ['warn', 'the webhook configuration could not be written'],
  // Push
  streamOpened: ['info', 'a sidecar connected'],
  streamClosed: ['info', 'a sidecar’s stream ended'],
  refused: ['warn', 'a request of a sidecar was refused'],
  credentialsWithheld: ['warn', 'a sidecar gets no keys because of the shape of its pod'],
  snapshotSent: ['debug', 'a snapshot was sent'],
  verdict: ['debug', 'a sidecar answered'],
  verdictPassedOver: ['debug', 'a sidecar answered to what is not on offer'],
  summaryNotWritten: ['warn', 'the fleet summary could not be written'],
  summaryUnreadable: ['warn', 'the fleet summary of another replica cannot be read'],
  summaryRemoved: ['info', 'the fleet summary of a replica that is gone was removed'],
  summaryNotRemoved: ['warn', 'the fleet summary of a replica that is gone could not be removed'],
  // The loop
  reconcileFailed: ['warn', 'a run of the loop failed and will be tried again'],
}

/** @param room names the source in logs and metrics. */
export function eventRecorder(
  room: string,
  sinks: { readonly logger: Logger; readonly counter: Counter<'room' | 'event'> },
): (event: OperatorEvent) => void {
  return event => {
    sinks.counter.inc({ room, event: event.kind })
    const sentence = sentences[event.kind]
    if (sentence === undefined) return
    const [level, words] = sentence
    const { kind: _kind, ...fields } = event
    sinks.logger[level]({ room, ...fields }, words)
  }
}
