// Words for how much a model is to think. Each generation of the vendor's models knows others and answers the rest with a 400.

/** From least to most. */
const ladder: readonly string[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']

const common = ['low', 'medium', 'high'] as const

/** Of the vendor's own models, by the name without a router's prefix. */
export function effortsOf(name: string): readonly string[] {
  const numbered = /^(?:ft:)?gpt-(\d+)(?:\.(\d+))?(-pro)?/.exec(name)
  if (numbered === null) return common
  const [, major, minor = '0', pro] = numbered
  const version = Number(major) * 100 + Number(minor)
  if (version === 500) return pro === undefined ? ['minimal', ...common] : ['high']
  const most = version < 502 ? [] : version < 506 ? ['xhigh'] : ['xhigh', 'max']
  return pro === undefined ? ['none', ...common, ...most] : ['medium', 'high', ...most]
}

/** What servers of other vendors have in common. A word of their own stays: who uses one knows the server. */
export const effortsElsewhere: readonly string[] = ['none', 'minimal', ...common]

/** The effort itself, or the nearest one there is. */
export function nearestEffort(effort: string, known: readonly string[]): string {
  const place = ladder.indexOf(effort)
  if (place < 0 || known.includes(effort)) return effort
  const distance = (word: string) => Math.abs(ladder.indexOf(word) - place)
  // Of two that are as near, the one that thinks more.
  return known.reduce((best, word) => (distance(word) <= distance(best) ? word : best))
}
