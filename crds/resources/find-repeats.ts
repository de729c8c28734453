/** Positions of entries whose name stood before. */
export function findRepeats(entries: readonly { readonly name: string }[]): readonly number[] {
  const seen = new Set<string>()
  return entries.flatMap(({ name }, index) => {
    if (seen.has(name)) return [index]
    seen.add(name)
    return []
  })
}
