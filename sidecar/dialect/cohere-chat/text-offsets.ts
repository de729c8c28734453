// Cohere counts characters, the neutral form UTF-16 units. They part at the characters outside the basic plane: only their
// places are kept, because a streamed text may be long and most texts have none.

export class TextOffsets {
  /** Characters outside the basic plane, by their number in the text. */
  readonly #wide: number[] = []
  #characters = 0
  /** A pair that the end of a piece has cut. */
  #hasOpenPair = false

  append(text: string): void {
    for (let unit = 0; unit < text.length; unit += 1) {
      const code = text.charCodeAt(unit)
      const isTail = code >= 0xdc00 && code <= 0xdfff
      if (isTail && this.#hasOpenPair) this.#wide.push(this.#characters - 1)
      else this.#characters += 1
      this.#hasOpenPair = code >= 0xd800 && code <= 0xdbff
    }
  }

  /** Units in front of a character. */
  unitsAt(character: number): number {
    return character + this.#wide.filter(wide => wide < character).length
  }

  /** Characters in front of a unit. */
  charactersAt(unit: number): number {
    return unit - this.#wide.filter((wide, before) => wide + before < unit).length
  }
}

export function offsetsOf(text: string): TextOffsets {
  const offsets = new TextOffsets()
  offsets.append(text)
  return offsets
}
