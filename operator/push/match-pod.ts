// Is the pod that a token names one that runs, as far as we can see? The token says who it was made for, the cache who is alive.
import type { Cancel, Clock, PodFacts, Reader, TokenVerdict } from '../reconcile/ports.ts'

export type Authenticated = Extract<TokenVerdict, { kind: 'authenticated' }>

export type PodMatch =
  | { readonly kind: 'running' }
  /** The cache shows no pod of this name. */
  | { readonly kind: 'unknown' }
  /** Another UID or another service account. */
  | { readonly kind: 'differs' }
  | { readonly kind: 'finished' }

/** Pure. */
export function matchPod(token: Authenticated, pod: PodFacts | undefined): PodMatch {
  if (pod === undefined) return { kind: 'unknown' }
  const isSame =
    pod.uid === token.podUid &&
    pod.name === token.pod &&
    pod.namespace === token.namespace &&
    pod.serviceAccount === token.serviceAccount
  if (!isSame) return { kind: 'differs' }
  // Nothing runs in it any more; one that is being deleted works until its containers have ended.
  return { kind: pod.isFinished ? 'finished' : 'running' }
}

export interface PodMatcherParts {
  readonly pods: Reader<PodFacts>
  readonly clock: Clock
  /** The cache may be this far behind the API server that reviewed the token. */
  readonly lagMs: number
}

interface Waiting {
  readonly token: Authenticated
  readonly resolve: (match: PodMatch) => void
  readonly cancel: Cancel
}

export class PodMatcher {
  readonly #parts: PodMatcherParts
  /** By `namespace/name`. */
  readonly #waiting = new Map<string, Set<Waiting>>()
  readonly #stop: Cancel

  constructor(parts: PodMatcherParts) {
    this.#parts = parts
    this.#stop = parts.pods.onChange(change => {
      if (change.after !== undefined) this.#lookAgain(change.after)
    })
  }

  /** Waits for a pod that the cache does not show yet, or shows as one of the same name before it. */
  match(token: Authenticated): Promise<PodMatch> {
    const found = this.#look(token)
    if (!mayChange(token, found)) return Promise.resolve(found.match)
    return new Promise(resolve => {
      const key = `${token.namespace}/${token.pod}`
      const waiting: Waiting = {
        token,
        resolve,
        cancel: this.#parts.clock.schedule(this.#parts.lagMs, () => this.#settle(key, waiting)),
      }
      const others = this.#waiting.get(key) ?? new Set()
      this.#waiting.set(key, others.add(waiting))
    })
  }

  stop(): void {
    this.#stop()
    for (const [key, all] of this.#waiting) for (const waiting of [...all]) this.#settle(key, waiting)
  }

  #look(token: Authenticated): Found {
    const pod = this.#parts.pods.find(token.namespace, token.pod)
    return { match: matchPod(token, pod), uid: pod?.uid }
  }

  #lookAgain(pod: PodFacts): void {
    const key = `${pod.namespace}/${pod.name}`
    for (const waiting of [...(this.#waiting.get(key) ?? [])]) {
      if (!mayChange(waiting.token, this.#look(waiting.token))) this.#settle(key, waiting)
    }
  }

  #settle(key: string, waiting: Waiting): void {
    const others = this.#waiting.get(key)
    others?.delete(waiting)
    if (others?.size === 0) this.#waiting.delete(key)
    waiting.cancel()
    waiting.resolve(this.#look(waiting.token).match)
  }
}

interface Found {
  readonly match: PodMatch
  readonly uid: string | undefined
}

/** A pod of that very UID is as it is; another one, or none, may only be what the cache has not got to yet. */
function mayChange(token: Authenticated, found: Found): boolean {
  return found.match.kind !== 'running' && found.uid !== token.podUid
}
