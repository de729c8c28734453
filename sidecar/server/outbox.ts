/** What is to be written next: one text, or bytes as soon as anybody adds some. */
export class Outbox {
  #text = ''
  #bytes: Uint8Array[] = []

  get isEmpty(): boolean {
    return this.#text === '' && this.#bytes.length === 0
  }

  add(piece: string | Uint8Array): void {
    if (typeof piece === 'string') this.#text += piece
    else if (piece.length > 0) {
      this.#moveText()
      this.#bytes.push(piece)
    }
  }

  /** All of it, for one write; nothing is left. */
  take(): string | Uint8Array {
    const text = this.#text
    if (this.#bytes.length === 0) {
      this.#text = ''
      return text
    }
    this.#moveText()
    const bytes = this.#bytes
    this.#bytes = []
    const [only] = bytes
    return bytes.length === 1 && only !== undefined ? only : Buffer.concat(bytes)
  }

  /** Text and bytes leave in the order in which they came. */
  #moveText(): void {
    if (this.#text === '') return
    this.#bytes.push(Buffer.from(this.#text))
    this.#text = ''
  }
}
