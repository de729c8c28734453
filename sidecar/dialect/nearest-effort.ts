// Words for how much a model is to think. Vendors and their generations know different ones.

/** From least to most. */
const ladder: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

/** The effort itself, or the nearest one there is. */
export function nearestEffort(effort: string, known: readonly string[]): string {
  const place = ladder.indexOf(effort)
  if (place < 0 || known.includes(effort)) return effort
  const distance = (word: string) => Math.abs(ladder.indexOf(word) - place)
  // Of two that are as near, the one that thinks more.
  return known.reduce((best, word) => (distance(word) <= distance(best) ? word : best))
}
