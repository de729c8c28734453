// What one sidecar was sent and what it said about it. Pure: (offers, what happened) → offers.
import type { VerdictReport } from '../../crds/snapshot/control-frames.ts'
import type { Assignment } from '../reconcile/ports.ts'

export interface Offers {
  /** Digest that this stream stands at: the last one written, or the live one where nothing had to be written. */
  readonly position?: string
  /** Written and not answered yet, oldest first. */
  readonly unanswered: readonly string[]
  /** Said to be live. */
  readonly live?: string
  /** The latest verdict, if it was a refusal. */
  readonly rejected?: { readonly digest: string; readonly message: string }
  /** Of the credentials written last on this stream, or `withheldVersion`; absent: none were. */
  readonly credentialsVersion?: string
}

/** Which of an assignment's lines are to be written now, credentials first. */
export interface Offer {
  readonly credentials: boolean
  readonly snapshot: boolean
}

/** Verdicts on older offers come too late to matter. */
const mostUnanswered = 8

/** In place of a version: the sidecar was told that it has no keys. */
export const withheldVersion = 'withheld'

/** Whether the pod may not hold keys and its sidecar has not been told so on this stream. */
export function mustWithdraw({ credentialsVersion }: Offers): boolean {
  return credentialsVersion !== withheldVersion
}

export function afterWithdrawal(offers: Offers): Offers {
  return { ...offers, credentialsVersion: withheldVersion }
}

/** @param live digest that the sidecar named as its stream opened. */
export function openOffers(live: string | undefined, rejected: Offers['rejected']): Offers {
  const kept = rejected !== undefined && rejected.digest !== live ? { rejected } : {}
  return live === undefined ? { unanswered: [], ...kept } : { unanswered: [], live, ...kept }
}

export function nextOffer(offers: Offers, assignment: Assignment, custody: 'released' | 'withheld'): Offer {
  const { digest } = assignment.snapshot
  const credentials =
    custody === 'released' &&
    assignment.credentialsLine.length > 0 &&
    assignment.credentialsVersion !== offers.credentialsVersion
  if (digest === offers.position) {
    // It may have been refused for want of the key that comes now.
    return { credentials, snapshot: credentials && offers.rejected?.digest === digest }
  }
  const isLive = digest === offers.live && offers.unanswered.length === 0
  return { credentials, snapshot: !isLive }
}

/** After the lines of this offer have been written. */
export function afterOffer(offers: Offers, assignment: Assignment, offer: Offer): Offers {
  const { digest } = assignment.snapshot
  const others = offers.unanswered.filter(one => one !== digest)
  const unanswered = offer.snapshot ? [...others, digest].slice(-mostUnanswered) : offers.unanswered
  const versioned = offer.credentials ? { credentialsVersion: assignment.credentialsVersion } : {}
  return { ...offers, ...versioned, position: digest, unanswered }
}

/** Undefined when the digest was never offered here: the report is about something else. */
export function afterVerdict(offers: Offers, report: VerdictReport): Offers | undefined {
  const index = offers.unanswered.indexOf(report.digest)
  if (index < 0 && report.digest === offers.live) return offers
  if (index < 0 && report.digest !== offers.rejected?.digest) return undefined
  const { rejected: _, ...rest } = offers
  // Frames are worked off in order: whoever answers this one is done with those before it.
  const unanswered = offers.unanswered.slice(index + 1)
  if (report.verdict === 'Applied') return { ...rest, unanswered, live: report.digest }
  return { ...rest, unanswered, rejected: { digest: report.digest, message: report.message ?? '' } }
}
