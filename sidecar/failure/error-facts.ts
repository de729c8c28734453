// What an error body says, whatever its shape: the words it is matched by, and the provider's own message.
import type { DialectName } from '../../crds/vocabulary.ts'

/** Everything that the rules look at. */
export interface ErrorFacts {
  readonly dialect: DialectName
  /** HTTP status; of an error inside a 200 the one that its code stands for, if any. */
  readonly status: number | undefined
  /** Types, codes and reasons of the error, in lower case. */
  readonly words: ReadonlySet<string>
  /** The provider's message; '' when it sent none. At most `maxMessageCharacters`. */
  readonly message: string
  /** Response headers by lower-case name; empty for an error inside a stream. */
  readonly headers: Readonly<Record<string, string>>
}

/** The part of the facts that the body itself tells. */
export interface BodyFacts {
  readonly words: ReadonlySet<string>
  readonly message: string
  /** An HTTP status that the error names in its code. */
  readonly namedStatus: number | undefined
}

export const maxMessageCharacters = 2000

/** A daily or zero quota at Google, which looks like a rate limit but for the name of the quota. */
export const longQuotaWord = 'long_quota'

/** The status of a model behind the provider (Bedrock), as a word to match by: the answer's own status is another one. */
export function originalStatusWord(status: number): string {
  return `original_status_${status}`
}

/** Members whose value names the error rather than describing it. */
const wordMembers = ['type', 'code', 'status', 'error_type', 'error_code', 'reason'] as const
const messageMembers = ['message', 'msg', 'detail', 'details', 'error', 'error_message'] as const
/** Wrappers around the error itself: `{error: {…}}`, Responses events, `{detail: {…}}`. */
const wrappers = ['error', 'response', 'detail', 'message', 'details', 'innererror'] as const
/** Codes of events, not of errors: `{"type":"error","error":{…}}`. */
const envelopeWords: ReadonlySet<string> = new Set(['error', 'response.failed'])
const deepestNesting = 6

interface Findings {
  readonly words: Set<string>
  readonly messages: string[]
  readonly statuses: number[]
}

/** Reads a parsed error body, or the error object of a stream event. Never throws. */
export function readErrorBody(body: unknown): BodyFacts {
  const findings: Findings = { words: new Set(), messages: [], statuses: [] }
  if (typeof body === 'string') findings.messages.push(body)
  else collect(body, findings, 0)
  const message = (findings.messages[0] ?? '').slice(0, maxMessageCharacters).toWellFormed()
  return { words: findings.words, message, namedStatus: findings.statuses[0] }
}

/** The innermost error speaks first: it is the one that the provider meant. */
function collect(value: unknown, findings: Findings, depth: number): void {
  if (depth > deepestNesting) return
  if (Array.isArray(value)) {
    // Google wraps errors in an array, validators list their complaints.
    for (const entry of value.slice(0, mostListed)) collect(entry, findings, depth + 1)
    return
  }
  if (!isRecord(value)) return
  for (const name of wrappers) {
    if (typeof value[name] === 'object') collect(value[name], findings, depth + 1)
  }
  readQuotaNames(value, findings)
  readForwarded(value, findings, depth)
  for (const name of wordMembers) readWord(value[name], findings)
  const awsType = value['__type']
  // With a namespace in front of the name, or without.
  if (typeof awsType === 'string') readWord(awsType.replace(/^.*#/, ''), findings)
  readStatus(value['status_code'], findings)
  const original = value['originalStatusCode']
  if (typeof original === 'number') findings.words.add(originalStatusWord(original))
  for (const name of messageMembers) {
    const text = value[name]
    if (typeof text === 'string' && text !== '') findings.messages.push(text)
  }
}

const mostListed = 20

function readWord(value: unknown, findings: Findings): void {
  readStatus(value, findings)
  const word = typeof value === 'number' ? String(value) : value
  if (typeof word !== 'string' || word === '' || word.length > longestWord) return
  if (!envelopeWords.has(word)) findings.words.add(word.toLowerCase())
}

const longestWord = 100

function readStatus(value: unknown, findings: Findings): void {
  const status = typeof value === 'string' && /^[45]\d\d$/.test(value) ? Number(value) : value
  if (typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599) {
    findings.statuses.push(status)
  }
}

/** `QuotaFailure.violations[].quotaId` among the details of a Google error. */
function readQuotaNames(object: Readonly<Record<string, unknown>>, findings: Findings): void {
  if (!Array.isArray(object['violations'])) return
  for (const violation of object['violations']) {
    const quota = isRecord(violation) ? violation['quotaId'] : undefined
    if (typeof quota === 'string' && /PerDay/i.test(quota)) findings.words.add(longQuotaWord)
  }
}

/** An aggregator wraps what its upstream said: `metadata.raw` holds that error, as text or as JSON text. */
function readForwarded(object: Readonly<Record<string, unknown>>, findings: Findings, depth: number): void {
  const metadata = object['metadata']
  const raw = isRecord(metadata) ? metadata['raw'] : undefined
  if (typeof raw !== 'string' || raw === '') return
  const parsed = parseJson(raw)
  if (parsed === undefined) findings.messages.push(raw)
  else collect(parsed, findings, depth + 1)
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Undefined for text that is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
