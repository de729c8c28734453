import assert from 'node:assert/strict'
import { test } from 'node:test'
import { document, manual, target } from '../sample-resources.ts'
import { parseResource } from './parse-resource.ts'

type Fields = Readonly<Record<string, unknown>>
const cache = (name: string, fields: Fields = {}) => ({ name, cache: { maxAge: '1h' }, ...fields })

/** Paths of the problems of a chain, without their common beginning. */
function problemPaths(chain: readonly Fields[]): readonly string[] {
  const parsed = parseResource(document('FallbackPolicy', { name: 'p' }, { routes: [{ name: 'r', chain }] }))
  if (parsed.kind === 'ok') return []
  return parsed.problems.map(problem => `${problem.path.replace('spec.routes[0].', '')}: ${problem.message}`)
}

const reachable: readonly (readonly [string, readonly Fields[]])[] = [
  ['a single target', [target('a')]],
  ['a single manual step', [manual('a')]],
  ['target, target, cache, manual', [target('a'), target('b'), cache('c'), manual('d')]],
  [
    'a step behind a manual step that takes something else',
    [target('a'), manual('b', { when: ['RateLimited'] }), target('c')],
  ],
  ['a refusal behind the floor', [target('a'), manual('b'), manual('c', { when: ['GuardrailBlocked'] })]],
  [
    'a larger window behind a manual step that leaves overflow',
    [target('a'), manual('b', { when: ['Timeout'] }), target('c', { when: ['ContextOverflow'] })],
  ],
  ['a target behind a refusal step', [target('a'), manual('b', { when: ['GuardrailBlocked'] }), target('c')]],
  ['the caller’s mistake, taken by name', [target('a'), manual('b', { when: ['BadRequest'] })]],
  ['a second cache', [target('a'), cache('b'), cache('c')]],
]

for (const [what, chain] of reachable) {
  test(`reaches ${what}`, () => assert.deepEqual(problemPaths(chain), []))
}

const unreachable: readonly (readonly [string, readonly Fields[], readonly RegExp[]])[] = [
  [
    'a target behind the floor',
    [target('a'), manual('b'), target('c')],
    [/^chain\[2\]: no failure .*: the manual step before it takes every one/],
  ],
  [
    'each step behind the floor',
    [target('a'), manual('b'), target('c'), cache('d')],
    [/^chain\[2\]/, /^chain\[3\]/],
  ],
  [
    'a step behind a manual step at the head',
    [manual('a'), target('b')],
    [/^chain\[1\]: .*takes every request/],
  ],
  [
    'a kind that two manual steps took',
    [target('a'), manual('b', { when: ['Timeout'] }), manual('c', { when: ['Timeout'] })],
    [/^chain\[2\]/],
  ],
  [
    'a missed quality floor',
    [target('a'), manual('b', { when: ['QualityFloorMissed'] })],
    [/^chain\[1\]: .*quality gates are not supported yet/],
  ],
]

for (const [what, chain, expected] of unreachable) {
  test(`does not reach ${what}`, () => {
    const problems = problemPaths(chain)
    assert.equal(problems.length, expected.length, problems.join('\n'))
    for (const [index, pattern] of expected.entries()) assert.match(problems[index] ?? '', pattern)
  })
}

test('a target behind a partial floor can fail with anything again', () => {
  const chain = [
    target('a'),
    manual('b', { when: ['Timeout'] }),
    target('c', { when: ['RateLimited'] }),
    manual('d', { when: ['Timeout'] }),
  ]
  assert.deepEqual(problemPaths(chain), [])
})
