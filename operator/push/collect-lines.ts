// Bytes of a sidecar to lines, whatever the borders between pieces. Strangers decide about those borders, so a line that comes
// byte by byte takes no more room than one that comes whole.

export class LineCollector {
  readonly #longest: number
  readonly #take: (line: Buffer) => void
  /** What has come of the line that is not complete; `#length` bytes of it are used. */
  #held: Buffer | undefined
  #length = 0

  /**
   * @param longest bytes of one line, its line feed left out
   * @param take gets each line that is not empty, good until it returns
   */
  constructor(longest: number, take: (line: Buffer) => void) {
    this.#longest = longest
    this.#take = take
  }

  /** False: a line is longer than allowed. Nothing may follow. */
  push(data: Buffer): boolean {
    let from = 0
    for (;;) {
      const end = data.indexOf(lineFeed, from)
      const piece = data.subarray(from, end < 0 ? data.length : end)
      if (this.#length + piece.length > this.#longest) return false
      if (end < 0) {
        this.#hold(piece)
        return true
      }
      this.#complete(piece)
      from = end + 1
    }
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
