// Which of the caller's headers a provider of the caller's own dialect gets: those that are part of the vendor's API and
// name neither a key nor a client library. Everything else stays behind.
import type { JsonObject } from './completion.ts'
import type { WireFormat } from './dialect.ts'

const forwarded: Readonly<Record<WireFormat, readonly string[]>> = {
  'openai-chat': ['openai-organization', 'openai-project', 'openai-beta'],
  'anthropic-messages': ['anthropic-version', 'anthropic-beta'],
}

/** Longest value that is passed on. */
const maxValueLength = 1024

export function forwardHeaders(
  format: WireFormat,
  body: JsonObject,
  inbound: (name: string) => string | undefined,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const name of forwarded[format]) {
    const value = inbound(name)
    if (value !== undefined && isPlain(value)) headers[name] = value
  }
  if (format === 'anthropic-messages' && headers['anthropic-version'] === undefined) {
    headers['anthropic-version'] = versionFor(body)
  }
  return headers
}

function isPlain(value: string): boolean {
  return value !== '' && value.length <= maxValueLength && /^[\x20-\x7e]*$/.test(value)
}

/** The vendor demands a version; a caller who names none gets the newest that carries what it asks. */
function versionFor(body: JsonObject): string {
  const samples = ['temperature', 'top_p', 'top_k'].some(
    name => body[name] !== undefined && body[name] !== null,
  )
  return samples ? '2023-06-01' : '2026-10-21'
}
