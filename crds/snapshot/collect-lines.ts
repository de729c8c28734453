// Bytes of a stream to lines, whatever the borders between pieces. Strangers decide about those borders, so a line that comes
// byte by byte takes no more room than one that comes whole.

export class LineCollector {
  readonly #longest: number
  readonly #take: (line: Buffer) => void
  /** What has come of the line that is not complete; `#length` bytes of it are used. */
  #held: Buffer | undefined
  #length = 0
  #isOver = false

  /**
   * @param longest bytes of one line, its line feed left out
   * @param take gets each line that is not empty, in order, good until it returns
   */
  constructor(longest: number, take: (line: Buffer) => void) {
    this.#longest = longest
    this.#take = take
  }

  /** @returns false once a line is longer than allowed, or after `stop`: nothing more is taken. */
  push(data: Buffer): boolean {
    let from = 0
    while (!this.#isOver) {
      const end = data.indexOf(lineFeed, from)
      const piece = data.subarray(from, end < 0 ? data.length : end)
      if (this.#length + piece.length > this.#longest) this.stop()
      else if (end < 0) {
        this.#hold(piece)
        return true
      } else this.#complete(piece)
      from = end + 1
    }
    return false
  }

  /** Takes nothing more and lets go of what it holds. */
  stop(): void {
    this.#isOver = true
    this.#held = undefined
    this.#length = 0
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return
    const length = this.#length + piece.length
    if (this.#held === undefined || this.#held.length < length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#longest, Math.max(length, 2 * this.#length)))
      this.#held?.copy(larger, 0, 0, this.#length)
      this.#held = larger
    }
    piece.copy(this.#held, this.#length)
    this.#length = length
  }

  #complete(last: Buffer): void {
    const held = this.#held?.subarray(0, this.#length)
    this.#held = undefined
    this.#length = 0
    const line = held === undefined ? last : Buffer.concat([held, last])
    if (line.length > 0) this.#take(line)
  }
}

const lineFeed = 0x0a
