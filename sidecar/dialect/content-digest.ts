// One digest for requests that ask for the same answer: the key of the cache and of duplicate detection.
//
// What does not matter: the order of members, white space, the spelling of numbers and strings, how the answer is
// delivered (`stream`, `stream_options`), and members that name the end user or the bookkeeping (`user`, `metadata` …):
// they go to abuse checks and bills, not to the model. Everything else matters, unknown members included.
// Bodies up to 256 KiB are compared in canonical form throughout. Of larger ones only the top level is put in order and
// the values are taken as written: two spellings of one large request then count as two, never two requests as one.
import { createHash } from 'node:crypto'
import type { JsonValue } from './completion.ts'
import type { WireFormat } from './dialect.ts'
import { isJsonList, isJsonObject } from './json-value.ts'
import type { ParsedBody } from './parse-body.ts'

const maxCanonicalBytes = 256 * 1024

const ignored: Readonly<Record<WireFormat, ReadonlySet<string>>> = {
  'openai-chat': new Set([
    'stream',
    'stream_options',
    'user',
    'safety_identifier',
    'metadata',
    'store',
    'service_tier',
    'prompt_cache_key',
    'prompt_cache_retention',
  ]),
  'anthropic-messages': new Set(['stream', 'metadata', 'service_tier']),
}

export interface DigestInput {
  readonly parsed: ParsedBody
  readonly format: WireFormat
  /** What else determines the answer, such as the endpoint. Order matters. */
  readonly extra: readonly string[]
}

/** SHA-256 in hex. */
export function contentDigest({ parsed, format, extra }: DigestInput): string {
  const names = [...parsed.members.keys()].filter(name => !ignored[format].has(name)).sort()
  const isSmall = parsed.bytes.length <= maxCanonicalBytes
  const hash = createHash('sha256')
  hash.update(JSON.stringify([format, isSmall ? 'canonical' : 'written', extra]))
  for (const name of names) {
    const range = parsed.members.get(name)
    if (range === undefined) continue
    const content = isSmall
      ? canonicalJson(parsed.json[name] ?? null)
      : parsed.bytes.subarray(range.valueStart, range.valueEnd)
    // Lengths in front, so that no two lists of members run together into one text.
    hash
      .update(`\n${Buffer.byteLength(name)}:${Buffer.byteLength(content)}:`)
      .update(name)
      .update(content)
  }
  return hash.digest('hex')
}

/** JSON with the members of every object sorted by name. */
function canonicalJson(value: JsonValue): string {
  if (isJsonList(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.keys(value).sort()
  return `{${members.map(name => `${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`).join(',')}}`
}
