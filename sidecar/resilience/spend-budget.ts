// Money over a sliding window. What is under way is reserved, so that many calls at once cannot each spend the same rest.
import type { Clock } from './clock.ts'

export interface SpendBudgetSettings {
  readonly usd: number
  /** Length of the window. */
  readonly perMs: number
  readonly clock: Clock
}

export interface Reservation {
  /** Books what it really cost in place of the estimate. The first call counts. */
  settle(actualUsd: number): void
}

/** One slot more than the parts of the window: money stays on the books until its whole slot has left the window. */
const slots = 60

/** A millionth of a cent: sums of binary fractions must not refuse what fits exactly. */
const roundingUsd = 1e-8

export class SpendBudget {
  readonly #settings: SpendBudgetSettings
  readonly #slotMs: number
  readonly #spentBySlot = new Float64Array(slots)
  #newestSlot: number
  #reservedUsd = 0

  constructor(settings: SpendBudgetSettings) {
    this.#settings = settings
    this.#slotMs = settings.perMs / (slots - 1)
    this.#newestSlot = this.#currentSlot()
  }

  /** `usd` more would stay within the limit. */
  fits(usd: number): boolean {
    return money(usd) <= this.#leftUsd() + roundingUsd
  }

  /** Sets money aside without asking whether it fits. Must be settled, with 0 when nothing was spent. */
  reserve(usd: number): Reservation {
    const reserved = money(usd)
    this.#reservedUsd += reserved
    let isOpen = true
    return {
      settle: actualUsd => {
        if (!isOpen) return
        isOpen = false
        this.#reservedUsd = Math.max(0, this.#reservedUsd - reserved)
        this.#book(money(actualUsd))
      },
    }
  }

  /** US dollars that are neither spent nor reserved; 0 when overspent. */
  remainingUsd(): number {
    return Math.max(0, this.#leftUsd())
  }

  /** Share of the limit that is left, 0 to 1. */
  remainingRatio(): number {
    return this.#settings.usd > 0 ? Math.min(1, this.remainingUsd() / this.#settings.usd) : 0
  }

  #leftUsd(): number {
    this.#dropOldSlots()
    let spent = 0
    for (const usd of this.#spentBySlot) spent += usd
    return this.#settings.usd - spent - this.#reservedUsd
  }

  #book(usd: number): void {
    this.#dropOldSlots()
    const index = this.#newestSlot % slots
    this.#spentBySlot[index] = (this.#spentBySlot[index] ?? 0) + usd
  }

  #dropOldSlots(): void {
    const current = this.#currentSlot()
    const passed = current - this.#newestSlot
    if (passed >= slots) this.#spentBySlot.fill(0)
    else for (let slot = this.#newestSlot + 1; slot <= current; slot += 1) this.#spentBySlot[slot % slots] = 0
    this.#newestSlot = current
  }

  #currentSlot(): number {
    return Math.floor(this.#settings.clock.now() / this.#slotMs)
  }
}

/** An amount that is none (a price gone wrong) books nothing rather than poisoning every later sum. */
function money(usd: number): number {
  return Number.isFinite(usd) && usd > 0 ? usd : 0
}
