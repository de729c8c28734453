// Durations as Go prints them, which is how OpenAI and Groq write theirs: `12ms`, `1.182s`, `20m52.666s`, `1h0m5s`.

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** One unit after another, at most six; for use inside a larger pattern. */
export const goDuration = String.raw`(?:\d{1,9}(?:\.\d{1,12})?(?:ms|[smhd])){1,6}`

const whole = new RegExp(`^${goDuration}$`)

/** Milliseconds; undefined for anything else, a bare number included: its unit is anybody's guess. */
export function parseGoDurationMs(text: string): number | undefined {
  if (!whole.test(text)) return undefined
  let total = 0
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|[smhd])/g)) {
    total += Number(amount) * (unitMs[unit ?? ''] ?? 0)
  }
  return total
}
