// One digest for requests that ask for the same answer: the key of the cache and of duplicate detection.
//
// What does not matter: the order of members, white space, the spelling of numbers and strings, how the answer is
// delivered (`stream`, `stream_options`), and members that name the end user or the bookkeeping (`user`, `metadata` …):
// they go to abuse checks and bills, not to the model. Everything else matters, unknown members included.
// Bodies up to 256 KiB are compared in canonical form throughout. Of larger ones only the top level is put in order and
// the values are taken as written: two spellings of one large request then count as two, never two requests as one.
import { createHash, hash } from 'node:crypto'
import type { JsonValue } from './completion.ts'
import type { CallerFormat } from './dialect.ts'
import { isJsonList } from './json-value.ts'
import type { ParsedBody } from './parse-body.ts'

const maxCanonicalBytes = 256 * 1024

export interface DigestInput {
  readonly parsed: ParsedBody
  readonly caller: Pick<CallerFormat, 'format' | 'habits'>
  /** What else determines the answer, such as the endpoint and a model in the path. Order matters. */
  readonly extra: readonly string[]
}

/** SHA-256 in hex. */
export function contentDigest(input: DigestInput): string {
  return input.parsed.bytes.length <= maxCanonicalBytes ? digestCanonically(input) : digestAsWritten(input)
}

function digestCanonically({ parsed, caller, extra }: DigestInput): string {
  let text = JSON.stringify([caller.format, 'canonical', extra])
  for (const name of namesThatMatter(parsed, caller.habits.bookkeeping)) {
    const content = canonicalJson(parsed.json[name] ?? null)
    // Lengths in front, so that no two lists of members run together into one text.
    text += `\n${name.length}:${content.length}:${name}${content}`
  }
  return hash('sha256', text, 'hex')
}

function digestAsWritten({ parsed, caller, extra }: DigestInput): string {
  const digest = createHash('sha256').update(JSON.stringify([caller.format, 'written', extra]))
  for (const name of namesThatMatter(parsed, caller.habits.bookkeeping)) {
    const range = parsed.members.get(name)
    if (range === undefined) continue
    const content = parsed.bytes.subarray(range.valueStart, range.valueEnd)
    digest.update(`\n${Buffer.byteLength(name)}:${content.length}:${name}`).update(content)
  }
  return digest.digest('hex')
}

function namesThatMatter(parsed: ParsedBody, bookkeeping: ReadonlySet<string>): readonly string[] {
  const names: string[] = []
  for (const name of parsed.members.keys()) if (!bookkeeping.has(name)) names.push(name)
  return sorted(names)
}

/** JSON with the members of every object sorted by name. */
function canonicalJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  let text = ''
  if (isJsonList(value)) {
    for (const item of value) text += `${text === '' ? '' : ','}${canonicalJson(item)}`
    return `[${text}]`
  }
  for (const name of sorted(Object.keys(value))) {
    text += `${text === '' ? '' : ','}${JSON.stringify(name)}:${canonicalJson(value[name] ?? null)}`
  }
  return `{${text}}`
}

/** In place, by insertion: objects in requests have few members, and the engine's own sort copies the list twice. */
function sorted(names: string[]): string[] {
  if (names.length > 32) return names.sort()
  for (let end = 1; end < names.length; end += 1) {
    const name = names[end] ?? ''
    let at = end
    for (; at > 0 && (names[at - 1] ?? '') > name; at -= 1) names[at] = names[at - 1] ?? ''
    names[at] = name
  }
  return names
}
