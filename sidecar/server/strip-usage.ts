// Chat: usage that was asked upstream for our own accounts, taken out again for a caller who did not ask.

/**
 * The event's data without its usage; undefined when nothing but usage was in it, so that the whole event goes.
 * Data that is no JSON object stays as it is.
 */
export function withoutUsage(data: string): string | undefined {
  const chunk = parseObject(data)
  if (chunk === undefined) return data
  const { usage, x_groq: groq, ...rest } = chunk
  const kept: Record<string, unknown> = { ...rest }
  if (groq !== undefined) kept['x_groq'] = isRecord(groq) ? withoutMember(groq, 'usage') : groq
  if (usage !== undefined && isUsageOnly(kept)) return undefined
  return JSON.stringify(kept)
}

/**
 * The event's data without the `usage: null` that `include_usage` puts on every chunk before the last: clients that did
 * not ask take a null there for a broken chunk. Quotes inside a string are escaped, so only a member can match.
 */
export function withoutNullUsage(data: string): string {
  return data.includes('"usage"') ? data.replace(nullUsage, '') : data
}

const nullUsage = /,\s*"usage"\s*:\s*null|"usage"\s*:\s*null\s*,/

/** `include_usage` adds a last chunk with no choices. A first chunk of Azure has none either, but says something else. */
function isUsageOnly(chunk: Readonly<Record<string, unknown>>): boolean {
  const { choices } = chunk
  return Array.isArray(choices) && choices.length === 0 && chunk['prompt_filter_results'] === undefined
}

function withoutMember(object: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name))
}

function parseObject(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(data)
    return isRecord(value) ? value : undefined
  } catch {
    // The [DONE] of this dialect, for one.
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
