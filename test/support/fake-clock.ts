// Time that stands still until a test turns the hands.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Cancel, Clock } from '../../sidecar/resilience/clock.ts'

interface Alarm {
  readonly at: number
  readonly callback: () => void
}

export class FakeClock implements Clock {
  #now = 0
  readonly #wallTimeAtStart: number
  /** In the order in which they were set: the earliest due goes first, of equals the one set first. */
  readonly #alarms = new Set<Alarm>()

  /** @param wallTimeAtStart milliseconds since 1970 when `now()` is 0. */
  constructor(wallTimeAtStart = Date.UTC(2026, 0, 1)) {
    this.#wallTimeAtStart = wallTimeAtStart
  }

  now(): number {
    return this.#now
  }

  wallTime(): number {
    return this.#wallTimeAtStart + this.#now
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    const alarm = { at: this.#now + Math.max(0, delayMs), callback }
    this.#alarms.add(alarm)
    return () => void this.#alarms.delete(alarm)
  }

  /** Alarms that are still set: 0 after a test proves that nobody forgot to cancel. */
  get pending(): number {
    return this.#alarms.size
  }

  /** Lets time pass. Runs what falls due in order, and whatever each callback set off before the next one. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await nextTurn()
    for (let due = this.#nextDue(until); due !== undefined; due = this.#nextDue(until)) {
      this.#ring(due)
      await nextTurn()
    }
    this.#now = until
    await nextTurn()
  }

  /** Lets time pass for code that awaits nothing. */
  tick(ms: number): void {
    const until = this.#now + ms
    for (let due = this.#nextDue(until); due !== undefined; due = this.#nextDue(until)) this.#ring(due)
    this.#now = until
  }

  #nextDue(until: number): Alarm | undefined {
    let earliest: Alarm | undefined
    for (const alarm of this.#alarms) {
      if (alarm.at <= until && (earliest === undefined || alarm.at < earliest.at)) earliest = alarm
    }
    return earliest
  }

  #ring(alarm: Alarm): void {
    this.#alarms.delete(alarm)
    this.#now = Math.max(this.#now, alarm.at)
    alarm.callback()
  }
}
