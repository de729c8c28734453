// Which of the caller's headers a provider of the caller's own dialect gets: those that are part of the vendor's API and
// name neither a key nor a client library. Everything else stays behind.
import type { JsonObject } from './completion.ts'
import type { CallerFormat } from './dialect.ts'

/** Longest value that is passed on. */
const maxValueLength = 1024

export function forwardHeaders(
  caller: CallerFormat,
  body: JsonObject,
  inbound: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const name of caller.habits.forwardedHeaders) {
    const value = inbound(name)
    if (value !== undefined && isPlain(value)) headers[name] = value
  }
  return caller.demandedHeaders === undefined ? headers : { ...caller.demandedHeaders(body), ...headers }
}

function isPlain(value: string): boolean {
  return value !== '' && value.length <= maxValueLength && /^[\x20-\x7e]*$/.test(value)
}
