// The ways to break the primary, in the order of the script, each with what the quickstart chain is expected to do about it.
import type { Asked } from './ask.ts'
import type { World } from './world.ts'

export interface Breakage {
  readonly key: string
  readonly title: string
  apply(world: World): Promise<void>
  /** What the two requests of the script must come to: OpenAI's SDK first, then Anthropic's. */
  readonly expected: readonly [Expectation, Expectation]
}

export interface Expectation {
  /** Step that serves; absent: whoever it is. */
  readonly servedBy?: string
  readonly hop?: number
  /** One of these; the second request may find the breaker open already. */
  readonly reasons?: readonly string[]
  /** The answer (or what came of it) contains this. */
  readonly words?: string
  /** The SDK is told that the answer broke off. */
  readonly breaksOff?: true
}

/** After several failures in a row the second request may meet an open breaker. */
const orOpen = (reason: string): readonly string[] => [reason, 'circuit_open']

function servedBySecondVendor(reason: string): readonly [Expectation, Expectation] {
  const served = { servedBy: 'second-vendor', hop: 2, words: 'simulated Anthropic' }
  return [
    { ...served, reasons: [reason] },
    { ...served, reasons: orOpen(reason) },
  ]
}

export const healthy: Breakage = {
  key: 'h',
  title: 'nothing: all is well',
  apply: async world => {
    await Promise.all([world.openai.heal(), world.anthropic.heal()])
  },
  expected: [
    { servedBy: 'primary', hop: 0, words: 'simulated OpenAI' },
    { servedBy: 'primary', hop: 0, words: 'simulated OpenAI' },
  ],
}

export const breakages: readonly Breakage[] = [
  {
    key: '1',
    title: '429 with retry-after',
    apply: world => world.openai.breakWith('rate-limited', 'gpt-4o'),
    expected: [
      { servedBy: 'smaller', hop: 1, reasons: ['rate_limit_429'], words: 'gpt-4o-mini' },
      { servedBy: 'smaller', hop: 1, reasons: orOpen('rate_limit_429'), words: 'gpt-4o-mini' },
    ],
  },
  {
    key: '2',
    title: '500 server error',
    apply: world => world.openai.breakWith('server-error'),
    expected: servedBySecondVendor('upstream_5xx'),
  },
  {
    key: '3',
    title: '529 overloaded',
    apply: world => world.openai.breakWith('overloaded-529'),
    expected: servedBySecondVendor('upstream_5xx'),
  },
  {
    key: '4',
    title: 'silence',
    apply: world => world.openai.breakWith('silent', 'gpt-4o'),
    expected: servedBySecondVendor('timeout'),
  },
  {
    key: '5',
    title: 'stream cut before a word',
    apply: world => world.openai.breakWith('cut-before-content'),
    expected: servedBySecondVendor('stream_interrupted'),
  },
  {
    key: '6',
    title: 'stream cut in the middle',
    apply: world => world.openai.breakWith('cut-after-content'),
    expected: [
      { servedBy: 'primary', hop: 0, words: 'Hello from', breaksOff: true },
      { servedBy: 'second-vendor', hop: 2, words: 'simulated Anthropic' },
    ],
  },
  {
    key: '7',
    title: 'error inside a 200',
    apply: world => world.openai.breakWith('in-band-error'),
    expected: servedBySecondVendor('upstream_5xx'),
  },
  {
    key: '8',
    title: 'refusal',
    apply: world => world.openai.breakWith('refusal'),
    expected: [{ words: "I'm sorry" }, {}],
  },
  {
    key: '9',
    title: 'prompt too long',
    apply: world => world.openai.breakWith('context-overflow'),
    expected: servedBySecondVendor('context_window_overflow'),
  },
  {
    key: '0',
    title: 'everything down',
    apply: async world => {
      await Promise.all([world.openai.breakWith('down'), world.anthropic.breakWith('down')])
    },
    expected: [
      { servedBy: 'stale', reasons: ['upstream_total_failure'], words: 'Hello from simulated' },
      { servedBy: 'apology', reasons: ['automation_exhausted'], words: 'We are having trouble' },
    ],
  },
]

/** Why the request did not go as expected, or undefined. */
export function findSurprise(asked: Asked, expected: Expectation): string | undefined {
  const { verdict } = asked
  if (expected.breaksOff === undefined && asked.problem !== undefined) return `failed with ${asked.problem}`
  if (expected.breaksOff && asked.problem === undefined) return 'ended cleanly, though it was cut'
  if (expected.servedBy !== undefined && verdict?.served?.step !== expected.servedBy) {
    return `expected to be served by ${expected.servedBy}`
  }
  if (expected.hop !== undefined && verdict?.hop !== expected.hop) return `expected hop ${expected.hop}`
  if (expected.reasons && !expected.reasons.includes(verdict?.reason ?? '')) {
    return `expected the reason ${expected.reasons.join(' or ')}`
  }
  if (expected.words !== undefined && !asked.text.includes(expected.words)) {
    return `expected the words "${expected.words}"`
  }
  return undefined
}
