// The account of one wire call: told once, in full, whatever way it ends. Spent tokens are counted even when the answer was of no use.
import type { ModelFacts } from '../../crds/snapshot/policy-snapshot.ts'
import type { FailureKind } from '../../crds/vocabulary.ts'
import type { StreamPart, Usage } from '../dialect/completion.ts'
import type { Failure } from '../failure/failure.ts'
import type { AttemptEnded } from './events.ts'
import type { AttemptCost, TrailEntry } from './outcome.ts'
import type { Walk } from './step.ts'
import type { Target } from './target.ts'

/** Rough size of a token in characters, for answers whose provider never said how many there were. */
const charactersPerToken = 4

interface EndDetails {
  readonly failure?: Failure
  /** What the wire said when the attempt was cut: it alone knows how much of the prompt had left. */
  readonly wire?: Failure
  readonly status?: number
  readonly malformedEvents?: number
}

export class AttemptRecord {
  readonly #walk: Walk
  readonly #target: Target
  readonly #retry: number
  readonly #bytesSent: number
  readonly #startedAt: number
  #bytesReceived = 0
  #firstContentAt: number | undefined
  #usage: Partial<Usage> | undefined
  #outputCharacters = 0
  #hasEnded = false

  constructor(input: { walk: Walk; target: Target; retry: number; bytesSent: number }) {
    this.#walk = input.walk
    this.#target = input.target
    this.#retry = input.retry
    this.#bytesSent = input.bytesSent
    this.#startedAt = input.walk.clock.now()
    input.walk.emit({
      kind: 'attemptStarted',
      ...input.walk.labels,
      target: input.target.name,
      retry: input.retry,
    })
  }

  received(bytes: number): void {
    this.#bytesReceived += bytes
  }

  firstContent(): void {
    this.#firstContentAt ??= this.#walk.clock.now()
  }

  /** Later totals replace earlier ones, field by field. */
  usageIs(usage: Partial<Usage>): void {
    this.#usage = this.#usage === undefined ? usage : { ...this.#usage, ...usage }
  }

  partPassed(part: StreamPart): void {
    if (part.kind === 'usage') this.usageIs(part.usage)
    else if ('text' in part) this.#outputCharacters += part.text.length
  }

  /** The line of the trail, for the attempt as it stands now. */
  trailEntry(failure?: Failure): TrailEntry {
    const { step, hop } = this.#target.name
    return {
      kind: 'attempt',
      step,
      hop,
      retry: this.#retry,
      milliseconds: Math.round(this.#walk.clock.now() - this.#startedAt),
      ...(failure && {
        failure: { kind: failure.kind, ...(failure.status !== undefined && { status: failure.status }) },
      }),
    }
  }

  /** Emits the account; the first call counts. Returns what the attempt cost. */
  end(result: AttemptEnded['result'], details: EndDetails = {}): AttemptCost {
    const promptSent = (details.wire ?? details.failure)?.promptSent ?? 'full'
    const cost = this.#cost(result, promptSent)
    if (this.#hasEnded) return cost
    this.#hasEnded = true
    const status = details.status ?? details.failure?.status
    const failure: FailureKind | undefined = details.failure?.kind
    this.#walk.emit({
      kind: 'attemptEnded',
      ...this.#walk.labels,
      target: this.#target.name,
      retry: this.#retry,
      milliseconds: this.#walk.clock.now() - this.#startedAt,
      result,
      ...(failure !== undefined && { failure }),
      ...(status !== undefined && { status }),
      ...(this.#firstContentAt !== undefined && { firstContentMs: this.#firstContentAt - this.#startedAt }),
      cost,
      promptSent,
      bytesSent: promptSent === 'none' ? 0 : this.#bytesSent,
      bytesReceived: this.#bytesReceived,
      malformedEvents: details.malformedEvents ?? 0,
    })
    if (cost.usage?.input !== undefined && !cost.isEstimated)
      this.#target.learn(this.#walk.request, cost.usage.input)
    return cost
  }

  #cost(result: AttemptEnded['result'], promptSent: 'none' | 'partial' | 'full'): AttemptCost {
    const usage = this.#usage
    const isComplete = usage?.input !== undefined && usage.output !== undefined && result === 'ok'
    if (usage !== undefined && isComplete) return priced(usage, this.#target.facts, false)
    // An error answer costs nothing; an answer that had begun was paid for, as far as it went. A provider whose caller
    // left has been reading the prompt, so that much is counted too.
    const hasBegun =
      this.#outputCharacters > 0 || usage !== undefined || result === 'ok' || result === 'cancelled'
    if (!hasBegun || promptSent === 'none') return { isEstimated: false }
    const guess = {
      input: this.#target.estimateInput(this.#walk.request),
      output: Math.ceil(this.#outputCharacters / charactersPerToken),
    }
    const known = { ...guess, ...usage, output: Math.max(usage?.output ?? 0, guess.output) }
    return priced(known, this.#target.facts, true)
  }
}

function priced(usage: Partial<Usage>, facts: ModelFacts | undefined, isEstimated: boolean): AttemptCost {
  const usd = costOf(usage, facts)
  return { usage, isEstimated, ...(usd !== undefined && { usd }) }
}

/** US dollars; undefined when the model has no price. Cached input costs its own price where one is listed. */
export function costOf(usage: Partial<Usage>, facts: ModelFacts | undefined): number | undefined {
  const price = facts?.price
  if (price === undefined) return undefined
  const input = usage.input ?? 0
  const cached = Math.min(usage.cachedInput ?? 0, input)
  const inputCost = (input - cached) * price.input + cached * (price.cachedInput ?? price.input)
  return (inputCost + (usage.output ?? 0) * price.output) / 1_000_000
}
