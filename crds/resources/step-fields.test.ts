import assert from 'node:assert/strict'
import { test } from 'node:test'
import { routeProblems, stepProblems } from '../sample-problems.ts'
import { manual, target } from '../sample-resources.ts'

const fields: readonly (readonly [string, readonly string[], RegExp])[] = [
  [
    'an unknown field with a near miss',
    stepProblems({ ...manual('b'), wen: ['Timeout'] }),
    /chain\[1\]\.wen: unknown field "wen" \(did you mean "when"\?\)/,
  ],
  [
    'a step without a member',
    stepProblems({ name: 'b' }),
    /chain\[1\]: a step has exactly one of target, cache, manual/,
  ],
  ['hedging', stepProblems({ ...target('b'), hedge: { after: '1s' } }), /hedge: not supported yet/],
  [
    'holding back',
    routeProblems({ streaming: { holdBack: { time: '1s' } } }),
    /streaming.holdBack: not supported yet/,
  ],
  [
    'Continue',
    routeProblems({ streaming: { onBreak: 'Continue' } }),
    /streaming.onBreak: not supported yet.*"Continue"/,
  ],
  [
    'Splice',
    routeProblems({ streaming: { onBreak: 'Splice' } }),
    /streaming.onBreak: not supported yet.*"Splice"/,
  ],
  [
    'a duration without a unit',
    routeProblems({ limits: { deadline: 45 } }),
    /limits.deadline: a duration looks like 45s.*given 45/,
  ],
  [
    'a deadline that is too long',
    routeProblems({ limits: { deadline: '61m' } }),
    /limits.deadline: from 10ms to 1h \(given "61m"\)/,
  ],
  [
    'too many attempts',
    routeProblems({ limits: { attempts: 21 } }),
    /limits.attempts: a whole number from 1 to 20/,
  ],
  [
    'half an attempt',
    routeProblems({ limits: { attempts: 1.5 } }),
    /limits.attempts: a whole number from 1 to 20/,
  ],
  [
    'attempts in words',
    routeProblems({ limits: { attempts: 'three' } }),
    /limits.attempts: a whole number .*given "three"/,
  ],
  [
    'a keep-alive that is too short',
    routeProblems({ streaming: { keepAlive: '99ms' } }),
    /keepAlive: from 100ms to 1m/,
  ],
  [
    'a breaker window that is too short',
    stepProblems({ ...target('b'), circuitBreaker: { window: '999ms' } }),
    /circuitBreaker.window: from 1s to 1h/,
  ],
  [
    'a breaker with no failures',
    stepProblems({ ...target('b'), circuitBreaker: { failures: 0 } }),
    /failures: a whole number from 1 to 100/,
  ],
  [
    'too many retries',
    stepProblems({ ...target('b'), retry: { attempts: 6 } }),
    /retry.attempts: a whole number from 0 to 5/,
  ],
  [
    'a backoff factor below one',
    stepProblems({ ...target('b'), retry: { backoff: { factor: 0.5 } } }),
    /factor: a number from 1 to 10/,
  ],
  [
    'a timeout on a manual step',
    stepProblems({ ...manual('b'), timeout: { total: '1s' } }),
    /timeout: only a step with a target/,
  ],
  [
    'a retry on a cache step',
    stepProblems({ name: 'b', cache: { maxAge: '1h' }, retry: { attempts: 1 } }),
    /retry: only a step with a target/,
  ],
  [
    'a manual text that is too long',
    stepProblems({ name: 'b', manual: { text: 'x'.repeat(4097) } }),
    /manual.text: at most 4096 characters/,
  ],
  [
    'a manual status of its own',
    stepProblems({ name: 'b', manual: { text: 'x', status: 500 } }),
    /manual.status: expected 200 or 503 \(given 500\)/,
  ],
]

for (const [what, problems, message] of fields) {
  test(`refuses ${what}`, () => assert.match(problems.join('\n') || 'accepted', message))
}
