/** The way back after a good probe: 1, 2, 4 … calls at once, doubled by each good one, until it no longer limits. */
export class Ramp {
  #allowance = 1
  #underWay = 0

  /** Calls that may be under way at once. */
  get allowance(): number {
    return this.#allowance
  }

  get hasRoom(): boolean {
    return this.#underWay < this.#allowance
  }

  get isOver(): boolean {
    return this.#allowance > widestAllowance
  }

  enter(): void {
    this.#underWay += 1
  }

  /** The call ended and says nothing. */
  leave(): void {
    this.#underWay = Math.max(0, this.#underWay - 1)
  }

  leaveGood(): void {
    this.leave()
    this.#allowance *= 2
  }
}

/** Beyond this many at once a ramp protects nobody. */
const widestAllowance = 64
