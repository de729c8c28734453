// Bytes of a stream to lines, whatever the chunk borders, without ever holding more than one line of the allowed length.

export type SplitResult =
  | { readonly kind: 'ok' }
  /** A line is longer than allowed. Nothing more is taken. */
  | { readonly kind: 'tooLong' }

export class LineSplitter {
  readonly #maxBytes: number
  readonly #take: (line: string) => void
  #pieces: Buffer[] = []
  #heldBytes = 0
  #isOver = false

  /** @param maxBytes of one line, its line feed left out. */
  constructor(maxBytes: number, take: (line: string) => void) {
    this.#maxBytes = maxBytes
    this.#take = take
  }

  /** Hands over each line that this chunk completes, in order, without its line feed; empty lines are left out. */
  push(chunk: Buffer): SplitResult {
    let from = 0
    while (!this.#isOver) {
      const end = chunk.indexOf(lineFeed, from)
      const piece = chunk.subarray(from, end === -1 ? chunk.length : end)
      if (this.#heldBytes + piece.length > this.#maxBytes) this.stop()
      else if (end === -1) {
        this.#hold(piece)
        return { kind: 'ok' }
      } else this.#complete(piece)
      from = end + 1
    }
    return { kind: 'tooLong' }
  }

  /** Takes nothing more and lets go of what it holds. */
  stop(): void {
    this.#isOver = true
    this.#pieces = []
    this.#heldBytes = 0
  }

  #hold(piece: Buffer): void {
    if (piece.length === 0) return
    // A chunk may be part of a larger buffer that its sender uses again.
    this.#pieces.push(Buffer.from(piece))
    this.#heldBytes += piece.length
  }

  #complete(last: Buffer): void {
    const whole = this.#pieces.length === 0 ? last : Buffer.concat([...this.#pieces, last])
    this.#pieces = []
    this.#heldBytes = 0
    const line = whole.toString('utf8').trim()
    if (line !== '') this.#take(line)
  }
}

const lineFeed = 0x0a
