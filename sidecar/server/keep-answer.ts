// What is kept of a stream for the cache while it passes: its events as written, or, where they are not lines of text, what
// they meant. Only a complete, unfiltered answer of a sensible size is worth keeping.
import type { StreamPart } from '../dialect/completion.ts'
import type { StreamEncoder } from '../dialect/dialect.ts'

export interface KeeperParts {
  readonly maxCharacters: number
  readonly form:
    | { readonly kind: 'text'; readonly encoder: StreamEncoder | undefined }
    | { readonly kind: 'parts' }
}

export type KeptAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'parts'; readonly parts: readonly StreamPart[] }

export class AnswerKeeper {
  readonly #parts: KeeperParts
  #text = ''
  #kept: StreamPart[] = []
  #characters = 0
  #keeps = true
  #finishes = 0

  constructor(parts: KeeperParts) {
    this.#parts = parts
  }

  /** An event that is passed on as it came. */
  framed(text: string): void {
    if (this.#parts.form.kind === 'text') this.#add(text)
  }

  /** A part that was encoded for the caller as `written`. */
  encoded(part: StreamPart, written: string | Uint8Array): void {
    const { form } = this.#parts
    if (!this.#keeps || form.kind !== 'text') return
    const own = form.encoder?.encode(part) ?? written
    if (typeof own === 'string') this.#add(own)
  }

  /** Every part, in whatever form it passes. */
  saw(part: StreamPart): void {
    if (part.kind === 'finish') {
      this.#finishes += 1
      if (part.finish !== 'stop' && part.finish !== 'tool_calls') this.#drop()
    }
    if (!this.#keeps || this.#parts.form.kind !== 'parts') return
    this.#kept.push(part)
    this.#count('text' in part ? part.text.length : 1)
  }

  /** What is worth keeping of a stream that is complete. */
  answer(): KeptAnswer | undefined {
    if (!this.#keeps || this.#finishes === 0) return undefined
    return this.#parts.form.kind === 'text'
      ? { kind: 'text', text: this.#text }
      : { kind: 'parts', parts: this.#kept }
  }

  #add(text: string): void {
    if (!this.#keeps) return
    this.#text += text
    this.#count(text.length)
  }

  #count(characters: number): void {
    this.#characters += characters
    if (this.#characters > this.#parts.maxCharacters) this.#drop()
  }

  #drop(): void {
    this.#keeps = false
    this.#text = ''
    this.#kept = []
  }
}
