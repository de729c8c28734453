import type { Cancel, Leadership } from '../../operator/reconcile/ports.ts'

/** Leads when the test says so. */
export class ScriptedLeadership implements Leadership {
  #isLeader: boolean
  readonly #listeners = new Set<(isLeader: boolean) => void>()

  constructor(role: 'leader' | 'follower') {
    this.#isLeader = role === 'leader'
  }

  isLeader(): boolean {
    return this.#isLeader
  }

  onChange(listener: (isLeader: boolean) => void): Cancel {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  become(role: 'leader' | 'follower'): void {
    this.#isLeader = role === 'leader'
    for (const listener of this.#listeners) listener(this.#isLeader)
  }
}
