// Durations as GEP-2257 writes them: up to four pairs of number and unit, without sign or fraction.

/** One to four groups of at most five digits and a unit of `h`, `m`, `s`, `ms`. */
export const durationPattern = '^([0-9]{1,5}(h|m|s|ms)){1,4}$'

const grammar = new RegExp(durationPattern)
const unitMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 }

/** Milliseconds of `1h30m`, `5s`, `100ms`; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (!grammar.test(text)) return undefined
  let total = 0
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|h|m|s)/g)) {
    total += Number(digits) * (unitMs[unit ?? ''] ?? 0)
  }
  return total
}

/**
 * Milliseconds of a duration that a schema has let through.
 * @throws RangeError for any other text: the caller forgot to validate.
 */
export function toMilliseconds(duration: string): number {
  const milliseconds = parseDuration(duration)
  if (milliseconds === undefined) throw new RangeError('a duration reached the compiler unchecked')
  return milliseconds
}

/** The shortest spelling, for messages: `1h30m`, `2m30s`, `100ms`. */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds)
  let text = ''
  for (const [unit, size] of Object.entries(unitMs)) {
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${unit}`
    rest -= count * size
  }
  return text === '' ? '0s' : text
}
