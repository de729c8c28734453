// Text that may reach one reader only: a credential (the provider it belongs to) or a provider's message (the caller
// whose request it was). Every accidental way out, be it a log, JSON or an inspected error, shows a placeholder.
import { inspect } from 'node:util'

const placeholder = '[redacted]'

export class Confidential {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The text itself. Call it only where the text is written to its one reader. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return placeholder
  }

  toJSON(): string {
    return placeholder
  }

  [inspect.custom](): string {
    return placeholder
  }
}
