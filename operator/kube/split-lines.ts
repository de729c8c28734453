// Bytes in, lines out, with a bound on what a line without an end can hold in memory.

const lineFeed = 10

export class LineTooLong extends Error {
  override readonly name = 'LineTooLong'

  constructor(maxBytes: number) {
    super(`a line is longer than ${maxBytes} bytes`)
  }
}

export class LineSplitter {
  readonly #maxBytes: number
  readonly #onLine: (line: string) => void
  #parts: Buffer[] = []
  #size = 0

  /** @param onLine told each line without its line feed; empty lines are passed over. */
  constructor(maxBytes: number, onLine: (line: string) => void) {
    this.#maxBytes = maxBytes
    this.#onLine = onLine
  }

  /** Bytes of the line that has not ended yet. */
  get pendingBytes(): number {
    return this.#size
  }

  /** @throws LineTooLong, and whatever `onLine` throws; the splitter is of no use afterwards. */
  push(chunk: Buffer): void {
    let start = 0
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      this.#hold(chunk.subarray(start, end))
      start = end + 1
      this.#release()
    }
    if (start < chunk.length) this.#hold(chunk.subarray(start))
  }

  #hold(part: Buffer): void {
    if (this.#size + part.length > this.#maxBytes) throw new LineTooLong(this.#maxBytes)
    this.#parts.push(part)
    this.#size += part.length
  }

  #release(): void {
    const [first, ...rest] = this.#parts
    const whole = first === undefined || rest.length === 0 ? first : Buffer.concat(this.#parts, this.#size)
    this.#parts = []
    this.#size = 0
    if (whole !== undefined && whole.length > 0) this.#onLine(whole.toString('utf8'))
  }
}
