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

const unitWords: Readonly<Record<string, string>> = {
  d: 'd',
  day: 'd',
  hour: 'h',
  hr: 'h',
  min: 'm',
  minute: 'm',
  sec: 's',
  second: 's',
  msec: 'ms',
  milli: 'ms',
  millisecond: 'ms',
}
const looseGroup = /([0-9]{1,6}(?:\.[0-9]{1,3})?)([a-z]*)/g
const looseDuration = /^(?:[0-9]{1,6}(?:\.[0-9]{1,3})?[a-z]*){1,4}$/
/** A bare number of this size is meant in milliseconds, a smaller one in seconds. */
const firstInMilliseconds = 1_000

/** What somebody meant who wrote `30 s`, `1.5m`, `2 minutes`, `1d` or a bare `30`; undefined when that cannot be told. */
export function likelyDuration(given: string | number): string | undefined {
  const plain = String(given).slice(0, maxGivenLength).toLowerCase().replaceAll(/\s/g, '')
  if (!looseDuration.test(plain)) return undefined
  let total = 0
  for (const [, digits, word = ''] of plain.matchAll(looseGroup)) {
    const unit = unitOf(word, Number(digits))
    if (unit === undefined) return undefined
    total += Number(digits) * unit
  }
  const likely = formatDuration(total)
  return total > 0 && grammar.test(likely) ? likely : undefined
}

const maxGivenLength = 64

function unitOf(word: string, count: number): number | undefined {
  if (word === '') return count >= firstInMilliseconds ? unitMs['ms'] : unitMs['s']
  const singular = unitWords[word] ?? unitWords[word.replace(/s$/, '')] ?? word
  return singular === 'd' ? 86_400_000 : unitMs[singular]
}
