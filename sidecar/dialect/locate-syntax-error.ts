// Where a text stops being JSON. Runs only after the engine has refused the text: the engine's own message quotes what
// it met, and what a caller wrote never goes into a message.

/** Byte offset of the first byte at fault; undefined when the bytes are JSON. */
export function locateSyntaxError(bytes: Buffer): number | undefined {
  const reader = new SyntaxReader(bytes)
  return reader.read() ? undefined : reader.at
}

type Expecting = 'value' | 'firstItem' | 'firstName' | 'name' | 'colon' | 'commaOrEnd' | 'nothing'

const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' }

/** A machine with an explicit stack, so that depth costs no call stack. */
class SyntaxReader {
  at = 0
  readonly #text: string
  readonly #open: ('{' | '[')[] = []
  #expecting: Expecting = 'value'

  constructor(bytes: Buffer) {
    // One character a byte keeps offsets in bytes; everything that matters to the grammar is ASCII.
    this.#text = bytes.toString('latin1')
  }

  read(): boolean {
    for (;;) {
      this.#skipSpace()
      const character = this.#text[this.at]
      if (character === undefined) return this.#expecting === 'nothing'
      if (!this.#step(character)) return false
    }
  }

  #step(character: string): boolean {
    switch (this.#expecting) {
      case 'value':
        return this.#value(character)
      case 'firstItem':
        return character === ']' ? this.#close('[') : this.#value(character)
      case 'firstName':
        return character === '}' ? this.#close('{') : this.#name(character)
      case 'name':
        return this.#name(character)
      case 'colon':
        return character === ':' && this.#move(1, 'value')
      case 'commaOrEnd':
        return this.#afterValue(character)
      case 'nothing':
        return false
    }
  }

  #value(character: string): boolean {
    if (character === '{' || character === '[') {
      this.#open.push(character)
      return this.#move(1, character === '{' ? 'firstName' : 'firstItem')
    }
    if (character === '"') return this.#string() && this.#valueEnded()
    const literal = literals[character]
    if (literal !== undefined) return this.#literal(literal) && this.#valueEnded()
    return this.#number() && this.#valueEnded()
  }

  #name(character: string): boolean {
    if (character !== '"' || !this.#string()) return false
    this.#expecting = 'colon'
    return true
  }

  #afterValue(character: string): boolean {
    const inside = this.#open.at(-1)
    if (character === ',') return this.#move(1, inside === '{' ? 'name' : 'value')
    if (character === '}') return this.#close('{')
    return character === ']' && this.#close('[')
  }

  #close(bracket: '{' | '['): boolean {
    if (this.#open.at(-1) !== bracket) return false
    this.#open.pop()
    this.at += 1
    return this.#valueEnded()
  }

  #valueEnded(): boolean {
    this.#expecting = this.#open.length === 0 ? 'nothing' : 'commaOrEnd'
    return true
  }

  #move(by: number, expecting: Expecting): boolean {
    this.at += by
    this.#expecting = expecting
    return true
  }

  #literal(word: string): boolean {
    for (const letter of word) {
      if (this.#text[this.at] !== letter) return false
      this.at += 1
    }
    return true
  }

  #number(): boolean {
    numberPattern.lastIndex = this.at
    const found = numberPattern.exec(this.#text)
    if (found === null) return false
    this.at += found[0].length
    return true
  }

  #string(): boolean {
    this.at += 1
    for (;;) {
      const code = this.#text.charCodeAt(this.at)
      if (Number.isNaN(code) || code < 0x20) return false
      this.at += 1
      if (code === 0x22) return true
      if (code === 0x5c && !this.#escape()) return false
    }
  }

  #escape(): boolean {
    const letter = this.#text[this.at] ?? ''
    if (letter === 'u') {
      for (let digit = 1; digit <= 4; digit += 1) {
        if (!/^[0-9a-fA-F]$/.test(this.#text[this.at + digit] ?? '')) return false
      }
      this.at += 5
      return true
    }
    if (letter === '' || !'"\\/bfnrt'.includes(letter)) return false
    this.at += 1
    return true
  }

  #skipSpace(): void {
    while (this.at < this.#text.length && ' \n\r\t'.includes(this.#text.charAt(this.at))) this.at += 1
  }
}
