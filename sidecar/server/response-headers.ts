// Our own response headers, the same on success, error and stream. One name, one value; the caller's eyes only.
import type { Outcome, ServedStep, TrailEntry } from '../chain/outcome.ts'
import type { WalkSession } from '../policy/ports.ts'
import { integer, printableAscii, quotedString, tokenOrString } from './structured-field.ts'

export type HeaderRecord = Record<string, string>

/** What is known before the walk: enough for the status line of a keep-alive. */
export function requestHeaders(
  requestId: string,
  session: Pick<WalkSession, 'policyIdentity' | 'route'>,
): HeaderRecord {
  return {
    'x-llm-fallback-request-id': printableAscii(requestId),
    'x-llm-fallback-policy': printableAscii(session.policyIdentity),
    'x-llm-fallback-route': printableAscii(session.route),
  }
}

/** What only the end of a walk tells. */
export function outcomeHeaders(
  outcome: Exclude<Outcome, { kind: 'abandoned' }>,
  session: Pick<WalkSession, 'would' | 'cacheState'>,
): HeaderRecord {
  const headers: HeaderRecord = outcome.kind === 'served' ? servedHeaders(outcome.step) : {}
  const attempts = formatTrail(outcome.trail, outcome.kind === 'served' ? outcome.step.name : undefined)
  if (attempts !== '') headers['x-llm-fallback-attempts'] = attempts
  const cache = session.cacheState()
  if (cache !== undefined) headers['x-llm-fallback-cache'] = formatCache(cache)
  const would = session.would()
  if (would !== undefined) headers['x-llm-fallback-would'] = tokenOrString(would)
  return headers
}

function servedHeaders(step: ServedStep): HeaderRecord {
  const headers: HeaderRecord = {
    'x-llm-fallback-served': formatServed(step),
    'x-llm-fallback-hop': integer(step.hop),
  }
  if (step.reason !== undefined && step.hop > 0) headers['x-llm-fallback-reason'] = tokenOrString(step.reason)
  if (step.drops.length > 0) headers['x-llm-fallback-drops'] = step.drops.map(tokenOrString).join(', ')
  return headers
}

function formatServed({ name, origin }: ServedStep): string {
  const step = tokenOrString(name)
  if (origin === undefined) return step
  return `${step};provider=${quotedString(origin.provider)};model=${quotedString(origin.model)}`
}

/** `primary;failure=Overloaded;status=529;ms=31, smaller;skipped=CircuitOpen, second-vendor;served;ms=210`. */
export function formatTrail(trail: readonly TrailEntry[], servedBy: string | undefined): string {
  return trail.map(entry => formatEntry(entry, servedBy)).join(', ')
}

function formatEntry(entry: TrailEntry, servedBy: string | undefined): string {
  const step = tokenOrString(entry.step)
  if (entry.kind === 'skip') return `${step};skipped=${tokenOrString(entry.reason)}`
  if (entry.kind === 'floor') return `${step};served`
  const { failure } = entry
  let text = step
  if (failure !== undefined) text += `;failure=${failure.kind}`
  else if (entry.step === servedBy) text += ';served'
  if (failure?.status !== undefined) text += `;status=${integer(failure.status)}`
  if (entry.retry > 0) text += `;retry=${integer(entry.retry)}`
  return `${text};ms=${integer(entry.milliseconds)}`
}

function formatCache(state: { readonly result: 'hit' | 'miss'; readonly ageSeconds?: number }): string {
  return state.ageSeconds === undefined ? state.result : `${state.result};age=${integer(state.ageSeconds)}`
}

/** The same as comment lines of an event stream whose status line had to go out before the walk was over. */
export function asComments(headers: HeaderRecord): string {
  const lines = Object.entries(headers).map(([name, value]) => `: ${name}=${value}\n`)
  return lines.length === 0 ? '' : `${lines.join('')}\n`
}
