// The head of a JSON request body: parsed once, checked once, and remembered as bytes, so that a policy can change one
// member and leave every other byte as the caller wrote it.
import { isUtf8 } from 'node:buffer'
import type { JsonObject, JsonValue } from './completion.ts'
import { isJsonObject, parseLeniently } from './json-value.ts'
import { locateSyntaxError } from './locate-syntax-error.ts'
import { leaveOutLongStrings } from './long-strings.ts'
import { RequestRejected } from './request-rejected.ts'
import { type MemberRange, scanMembers } from './scan-members.ts'

export interface ParsedBody {
  /** As received. */
  readonly bytes: Buffer
  /** The body with every string value of 64 KiB and more left empty: enough for anything but the content itself. */
  readonly head: JsonObject
  /** Characters of text that `head` leaves out; inline media is not counted. */
  readonly omittedCharacters: number
  /**
   * The whole body. Made on first use: a large prompt that goes to its own vendor is never turned into a string.
   * @throws RequestRejected when a long string has an escape that JSON does not know.
   */
  readonly json: JsonObject
  /** Byte ranges of the top-level members by decoded name, in their order. */
  readonly members: ReadonlyMap<string, MemberRange>
  /** Just after the opening brace. */
  readonly bodyStart: number
}

const byteOrderMark = Buffer.from('\ufeff')

/** Deepest nesting of objects and lists. */
export const maxBodyDepth = 256

/**
 * Parses a request body that must be one JSON object.
 * @throws RequestRejected 400 `bad_request` that tells where the fault is (byte and line, or path), never what stands there.
 */
export function parseBody(bytes: Buffer): ParsedBody {
  if (bytes.length === 0) throw refused('the request body is empty; a JSON object is expected')
  if (!isUtf8(bytes)) throw refused('the request body is not valid UTF-8')
  const scan = scanMembers(bytes, maxBodyDepth)
  if (scan.kind === 'tooDeep') {
    throw refused(`the request body nests deeper than ${maxBodyDepth} levels at byte ${scan.offset}`)
  }
  const short = leaveOutLongStrings(bytes, scan.longStrings)
  if (short === undefined) throw syntaxRefused(bytes)
  const head = parseObject(short.text, bytes)
  const members = nameMembers(bytes, scan.members)
  refusePrototypeKeys(short.text, head)
  const whole = scan.longStrings.length === 0 ? head : undefined
  const { omittedCharacters } = short
  return new LazyBody({ bytes, head, omittedCharacters, members, bodyStart: scan.bodyStart }, whole)
}

class LazyBody implements ParsedBody {
  readonly bytes: Buffer
  readonly head: JsonObject
  readonly omittedCharacters: number
  readonly members: ReadonlyMap<string, MemberRange>
  readonly bodyStart: number
  #whole: JsonObject | undefined

  constructor(parts: Omit<ParsedBody, 'json'>, whole: JsonObject | undefined) {
    this.bytes = parts.bytes
    this.head = parts.head
    this.omittedCharacters = parts.omittedCharacters
    this.members = parts.members
    this.bodyStart = parts.bodyStart
    this.#whole = whole
  }

  get json(): JsonObject {
    this.#whole ??= parseObject(this.bytes, this.bytes)
    return this.#whole
  }
}

function refused(message: string, parameter?: string): RequestRejected {
  return new RequestRejected(400, 'bad_request', message, parameter)
}

/** @param whole where a fault is looked for: `text` may be a shortened copy of it. */
function parseObject(text: Buffer, whole: Buffer): JsonObject {
  const value = parseLeniently(text.toString('utf8'))
  if (value === undefined) throw syntaxRefused(whole)
  if (!isJsonObject(value)) throw refused('the request body must be a JSON object')
  return value
}

function syntaxRefused(bytes: Buffer): RequestRejected {
  if (bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)) {
    return refused('the request body is not valid JSON at byte 0: it begins with a byte order mark')
  }
  const offset = locateSyntaxError(bytes)
  // Both readers implement one grammar; if they ever disagree the engine's word counts.
  if (offset === undefined) return refused('the request body is not valid JSON')
  if (offset >= bytes.length)
    return refused(`the request body is not valid JSON: it ends too early, at byte ${offset}`)
  return refused(`the request body is not valid JSON at byte ${offset}, line ${lineOf(bytes, offset)}`)
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1
  for (let at = bytes.indexOf(0x0a); at >= 0 && at < offset; at = bytes.indexOf(0x0a, at + 1)) line += 1
  return line
}

function nameMembers(bytes: Buffer, ranges: readonly MemberRange[]): ReadonlyMap<string, MemberRange> {
  const members = new Map<string, MemberRange>()
  for (const range of ranges) {
    const name = nameOf(bytes, range)
    // Two readers of such a body may each take another one of the two: a policy must not judge what the provider ignores.
    if (members.has(name))
      throw refused(`the member ${shownName(name)} stands twice in the request body`, shownName(name))
    members.set(name, range)
  }
  return members
}

function nameOf(bytes: Buffer, range: MemberRange): string {
  const inner = bytes.toString('utf8', range.nameStart + 1, range.nameEnd - 1)
  return inner.includes('\\') ? String(JSON.parse(`"${inner}"`)) : inner
}

const longestShownName = 64

function shownName(name: string): string {
  return name.length > longestShownName ? `${name.slice(0, longestShownName)}…` : name
}

// ── `__proto__` ────────────────────────────────────────────────────────────────────────────────────────────────────

/** JSON.parse makes it a plain member, but any later copy of the object may not: nobody needs it, so nobody gets it. */
function refusePrototypeKeys(text: Buffer, json: JsonObject): void {
  // Escapes of ASCII letters are the only other spelling; without either there is nothing to look for.
  if (!text.includes('__proto__') && !text.includes('\\u00')) return
  const path = findPrototypeKey(json, '')
  if (path !== undefined) throw refused(`the member name __proto__ is not allowed, at ${path}`, path)
}

function findPrototypeKey(value: JsonValue, path: string): string | undefined {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      const found = findPrototypeKey(item, `${path}[${index}]`)
      if (found !== undefined) return found
    }
    return undefined
  }
  if (!isJsonObject(value)) return undefined
  for (const name of Object.keys(value)) {
    const inner = path === '' ? shownName(name) : `${path}.${shownName(name)}`
    if (name === '__proto__') return inner
    const member = value[name]
    const found = member === undefined ? undefined : findPrototypeKey(member, inner)
    if (found !== undefined) return found
  }
  return undefined
}
