// Whose turn it is to have its token reviewed. Reviews cost the API server something, so they are rationed; who sends tokens
// that nobody made must not use up the ration of pods that run.
import type { Clock, PodFacts, Reader } from '../reconcile/ports.ts'
import type { ClaimedPod } from './claimed-pod.ts'
import { type Admission, TokenBucket } from './token-bucket.ts'

export interface TurnParts {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly pods: Reader<PodFacts>
  /** For pods that the cache knows. */
  readonly admissionsPerSecond: number
  readonly admissionBurst: number
}

/** What claims to be a pod that the cache does not show shares a small part of the rate. */
const strangersShare = 0.1
/** A pod that comes back more often than this is in trouble, or is somebody else with its name. */
const mostPerPod = 20
const perPodMs = 30_000
const longestMemory = 20_000

export class AdmissionTurns {
  readonly #parts: TurnParts
  readonly #known: TokenBucket
  readonly #strangers: TokenBucket
  /** Turns taken by pod UID since `#since`. */
  readonly #taken = new Map<string, number>()
  #since: number

  constructor(parts: TurnParts) {
    const { clock, random, admissionsPerSecond: perSecond, admissionBurst: burst } = parts
    this.#parts = parts
    this.#known = new TokenBucket({ clock, random, perSecond, burst })
    this.#strangers = new TokenBucket({
      clock,
      random,
      perSecond: perSecond * strangersShare,
      burst: burst * strangersShare,
    })
    this.#since = clock.now()
  }

  take(claimed: ClaimedPod): Admission {
    const pod = this.#parts.pods.find(claimed.namespace, claimed.pod)
    if (pod?.uid !== claimed.uid) return this.#strangers.take()
    const taken = this.#count(claimed.uid)
    return taken > mostPerPod ? this.#strangers.take() : this.#known.take()
  }

  #count(uid: string): number {
    const now = this.#parts.clock.now()
    if (now - this.#since >= perPodMs || this.#taken.size >= longestMemory) {
      this.#taken.clear()
      this.#since = now
    }
    const taken = (this.#taken.get(uid) ?? 0) + 1
    this.#taken.set(uid, taken)
    return taken
  }
}
