// Texts as the expression language writes them.

/** A literal; its escapes are those of JSON. */
export function quote(text: string): string {
  return JSON.stringify(text)
}

export function quoteList(texts: readonly string[]): string {
  return `[${texts.map(quote).join(', ')}]`
}
