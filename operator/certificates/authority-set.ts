// The authorities that count right now, and how one takes the place of another without anybody noticing. Pure.
import { type Authority, clockSkewMs } from './authority.ts'

export interface AuthoritySet {
  /** Signs. */
  readonly current: Authority
  /** Trusted already, signs once everybody has had time to hear of it. */
  readonly next?: Authority
  /** Certificate of the one that signed before, trusted until its last leaf is gone. */
  readonly previous?: string
  /** Wall time at which `current` began to sign; absent: not known. */
  readonly promotedAt?: number
}

export interface RotationTiming {
  /** How long a new authority is trusted before it signs, and an old one after it no longer does. */
  readonly overlapMs: number
}

/** What the leader is to do next; one thing at a time. */
export type RotationStep = 'stage' | 'promote' | 'dropPrevious' | 'none'

export function nextStep(set: AuthoritySet, now: number, { overlapMs }: RotationTiming): RotationStep {
  const { current, next, previous } = set
  if (next === undefined) {
    const usableMs = current.notAfter - createdAt(current)
    if (now >= createdAt(current) + (usableMs * 2) / 3) return 'stage'
  } else if (now >= current.notAfter || now >= createdAt(next) + overlapMs) {
    // Nobody trusts an expired one, so there is nothing to wait for.
    return 'promote'
  }
  if (previous === undefined) return 'none'
  const promotedAt = set.promotedAt ?? createdAt(current) + overlapMs
  return now >= promotedAt + overlapMs ? 'dropPrevious' : 'none'
}

/** The set after a step; `stage` needs the new authority and is `withNext`. */
export function promote(set: AuthoritySet, now: number): AuthoritySet {
  if (set.next === undefined) return set
  return { current: set.next, previous: set.current.certificate, promotedAt: now }
}

export function withNext(set: AuthoritySet, next: Authority): AuthoritySet {
  return { ...set, next }
}

export function withoutPrevious({ previous: _, ...rest }: AuthoritySet): AuthoritySet {
  return rest
}

/** Every certificate that is trusted, PEM after PEM, the signing one first. */
export function bundleOf({ current, next, previous }: AuthoritySet): string {
  const certificates = [current.certificate, next?.certificate, previous]
  return [...new Set(certificates.flatMap(pem => (pem === undefined ? [] : `${pem.trim()}\n`)))].join('')
}

/** An authority is made in the moment in which it is staged. */
function createdAt(authority: Authority): number {
  return authority.notBefore + clockSkewMs
}
