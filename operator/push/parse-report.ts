// Reports come from pods, so they are read as what they are: text from strangers. Fields that are not known are passed over,
// since a newer sidecar may send more.
import type { Report, TargetHealth, VerdictReport } from '../../crds/snapshot/control-frames.ts'

export type ParsedReport =
  | { readonly kind: 'ok'; readonly report: Report }
  /** Of a kind that only a newer sidecar knows. */
  | { readonly kind: 'unknown' }
  /** `problem` names field and expectation, never what was sent. */
  | { readonly kind: 'malformed'; readonly problem: string }

type Fields = Readonly<Record<string, unknown>>

const digestForm = /^[0-9a-f]{64}$/
const longestMessage = 512
const longestProvider = 512
const longestModel = 256
/** What is kept of one report; a chain has at most sixteen steps. */
const mostTargets = 256
const breakers: readonly TargetHealth['breaker'][] = ['closed', 'open', 'probing']
const verdicts: readonly VerdictReport['verdict'][] = ['Applied', 'Rejected']

export function isDigest(value: unknown): value is string {
  return typeof value === 'string' && digestForm.test(value)
}

/** Never throws. */
export function parseReport(line: Buffer): ParsedReport {
  const fields = readObject(line)
  if (fields === undefined) return malformed('a JSON object is expected')
  switch (fields['kind']) {
    case 'verdict':
      return readVerdict(fields)
    case 'health':
      return readHealth(fields)
    default:
      return typeof fields['kind'] === 'string' ? { kind: 'unknown' } : malformed('kind: a word is expected')
  }
}

function readVerdict(fields: Fields): ParsedReport {
  const digest = fields['digest']
  if (!isDigest(digest)) return malformed('digest: 64 hexadecimal digits are expected')
  const verdict = verdicts.find(one => one === fields['verdict'])
  if (verdict === undefined) return malformed('verdict: Applied or Rejected is expected')
  const message = fields['message']
  if (message === undefined) return { kind: 'ok', report: { kind: 'verdict', digest, verdict } }
  if (typeof message !== 'string') return malformed('message: a string is expected')
  return { kind: 'ok', report: { kind: 'verdict', digest, verdict, message: plainLine(message) } }
}

function readHealth(fields: Fields): ParsedReport {
  const listed = fields['targets']
  if (!Array.isArray(listed)) return malformed('targets: a list is expected')
  if (listed.length > mostTargets) return malformed(`targets: at most ${mostTargets} are expected`)
  const targets: TargetHealth[] = []
  for (const [index, item] of listed.entries()) {
    const target = readTarget(item)
    if (typeof target === 'string') return malformed(`targets[${index}].${target}`)
    targets.push(target)
  }
  return { kind: 'ok', report: { kind: 'health', targets } }
}

/** The target, or what is wrong with it. */
function readTarget(item: unknown): TargetHealth | string {
  const fields = asFields(item)
  const provider = fields?.['provider']
  if (!isShort(provider, longestProvider)) return 'provider: a name is expected'
  const model = fields?.['model']
  if (!isShort(model, longestModel)) return 'model: a name is expected'
  const breaker = breakers.find(one => one === fields?.['breaker'])
  if (breaker === undefined) return 'breaker: closed, open or probing is expected'
  const attempts = fields?.['attempts']
  const failures = fields?.['failures']
  if (!isCount(attempts)) return 'attempts: a whole number is expected'
  if (!isCount(failures) || failures > attempts) return 'failures: at most as many as attempts are expected'
  return { provider, model, breaker, attempts, failures }
}

function readObject(body: Buffer): Fields | undefined {
  try {
    return asFields(JSON.parse(body.toString('utf8')))
  } catch {
    return undefined
  }
}

export function asFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return value as Fields
}

export function isShort(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest
}

export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}

/** One line that is safe to show: without control and direction marks, cut to length. */
export function plainLine(text: string): string {
  const spaced = text.toWellFormed().replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ')
  return spaced.trim().slice(0, longestMessage).toWellFormed()
}

function malformed(problem: string): { readonly kind: 'malformed'; readonly problem: string } {
  return { kind: 'malformed', problem }
}
