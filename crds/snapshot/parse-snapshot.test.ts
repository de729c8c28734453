import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { compile } from '../compile/compile.ts'
import { formatProblem } from '../resources/problem.ts'
import { routeProblems } from '../sample-problems.ts'
import { chainPolicy, manual, provider, target } from '../sample-resources.ts'
import { snapshotDigest } from './digest.ts'
import { parseSnapshot } from './parse-snapshot.ts'
import type { PolicySnapshot } from './policy-snapshot.ts'

function sampleSnapshot(): PolicySnapshot {
  const settings = {
    region: 'eu-west-1',
    credentials: { env: { name: 'KEY' } },
    headers: [{ name: 'x-a', value: 'sk-canary' }],
    models: [{ name: 'm', contextWindow: 10, capabilities: ['Tools'] }],
  }
  const chain = [target('a'), { name: 'b', cache: { maxAge: '1h' } }, manual('c')]
  const route = { match: { headers: [{ name: 'x-team', present: true }] }, budget: { usd: '1', per: '1h' } }
  const result = compile({
    resources: [provider('openai', settings), chainPolicy(chain, route)],
    environment: 'folder',
  })
  assert.ok(result.kind === 'compiled')
  return result.snapshot
}

const sample: unknown = JSON.parse(JSON.stringify(sampleSnapshot()))

/** The sample with one place changed, under the digest that fits it. */
function changed(path: readonly (string | number)[], value: unknown): unknown {
  const copy: Record<string, unknown> = structuredClone(Object(sample))
  let place: object = copy
  for (const segment of path.slice(0, -1)) place = Reflect.get(place, segment)
  Reflect.set(place, path.at(-1) ?? '', value)
  return { ...copy, digest: snapshotDigest(copy) }
}

function problemsOf(value: unknown): readonly string[] {
  const parsed = parseSnapshot(value)
  return parsed.kind === 'ok' ? [] : parsed.problems.map(formatProblem)
}

const openai = ['providers', 'LLMProvider/default/openai'] as const
const firstStep = ['policies', 0, 'routes', 0, 'chain', 0] as const

test('a compiled snapshot survives the wire', () => {
  const parsed = parseSnapshot(sample)
  assert.deepEqual(parsed, { kind: 'ok', snapshot: sampleSnapshot() })
})

test('a text as long as a resource may hold it is taken, and counted in characters there as well', () => {
  const [text, model] = ['🦙'.repeat(4096), '🦙'.repeat(256)]
  const chain = (more: string) => [
    target('a', {}, { model }),
    manual('b', { manual: { text: `${text}${more}` } }),
  ]
  assert.match(routeProblems({ chain: chain('.') }).join(), /manual\.text: at most 4096 characters/)
  const resources = [provider('openai'), chainPolicy(chain(''))]
  const result = compile({ resources, environment: 'folder' })
  assert.ok(result.kind === 'compiled', JSON.stringify(result))
  assert.deepEqual(problemsOf(JSON.parse(JSON.stringify(result.snapshot))), [])
  const step = ['policies', 0, 'routes', 0, 'chain', 2, 'text']
  assert.match(problemsOf(changed(step, `${text}.`)).join(), /at most 4096 characters/)
})

test('unknown fields of a newer operator are left out', () => {
  assert.deepEqual(problemsOf(changed(['later'], { a: 1 })), [])
  const parsed = parseSnapshot(changed([...firstStep, 'later'], 1))
  assert.ok(parsed.kind === 'ok' && !JSON.stringify(parsed.snapshot).includes('later'))
})

test('a step that is never asked may name a provider that is not there', () => {
  const gone = changed([...firstStep, 'provider'], 'LLMProvider/default/gone')
  const copy: Record<string, unknown> = structuredClone(Object(gone))
  const step = Object(copy)['policies'][0].routes[0].chain[0]
  step.unresolved = 'ProviderNotFound'
  assert.deepEqual(problemsOf({ ...copy, digest: snapshotDigest(copy) }), [])
})

test('a key may be one that the operator hands over', () => {
  const credentials = { kind: 'secret', id: 'shop/keys.example/OPENAI_KEY' }
  assert.deepEqual(problemsOf(changed([...openai, 'credentials'], credentials)), [])
})

const refusals: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', null, /an object is expected/],
  ['a list', [], /an object is expected/],
  [
    'a newer version',
    changed(['version'], 2),
    /version: this sidecar reads version 1 only: it is older than its operator \(given 2\)/,
  ],
  ['an older version', changed(['version'], 0), /reads version 1 only \(given 0\)/],
  ['no version', {}, /version: this sidecar reads version 1/],
  [
    'another digest',
    { ...Object(sample), digest: '0'.repeat(64) },
    /digest: is not the digest of this content/,
  ],
  ['no digest', { ...Object(sample), digest: '' }, /digest/],
  [
    'a metadata address',
    changed([...openai, 'endpoint'], 'https://169.254.169.254'),
    /endpoint"?\]?: not an endpoint that may be called/,
  ],
  [
    'a credential as a header',
    changed([...openai, 'headers', 0, 'name'], 'authorization'),
    /headers\[0\].name: not a header that may be set/,
  ],
  [
    'a header with a line break',
    changed([...openai, 'headers', 0, 'value'], 'sk-canary\r\n'),
    /headers\[0\].value/,
  ],
  [
    'a provider that is not there',
    changed([...firstStep, 'provider'], 'LLMProvider/default/gone'),
    /chain\[0\].provider: names a provider that is not part/,
  ],
  [
    'a pass-through that is not there',
    changed(['policies', 0, 'passThrough'], 'gone'),
    /policies\[0\].passThrough: names a provider/,
  ],
  [
    'a provider under another key',
    changed([...openai, 'key'], 'LLMProvider/default/other'),
    /is not the key that it stands under/,
  ],
  ['a chain without steps', changed(['policies', 0, 'routes', 0, 'chain'], []), /chain/],
  ['a step of another kind', changed([...firstStep, 'kind'], 'hedge'), /chain\[0\]/],
  [
    'a reason that does not exist',
    changed([...firstStep, 'unresolved'], 'Lost'),
    /chain\[0\].unresolved: not what this sidecar can execute/,
  ],
  [
    'a key that is no key in a Secret',
    changed([...openai, 'credentials'], { kind: 'secret', id: 'sk-canary' }),
    /credentials.id/,
  ],
  ['a failure that does not exist', changed([...firstStep, 'when'], ['TooSlow']), /chain\[0\].when\[0\]/],
]

for (const [what, value, message] of refusals) {
  test(`refuses ${what}`, () => {
    const problems = problemsOf(value).join('\n')
    assert.match(problems || 'accepted', message)
    assert.ok(!problems.includes('canary'))
  })
}

test('refuses data that is nested too deeply to be one of ours', () => {
  const later: unknown = JSON.parse('['.repeat(5_000) + ']'.repeat(5_000))
  assert.match(problemsOf({ ...Object(sample), later }).join(), /digest/)
})

test('any JSON is accepted or refused, without an error', () => {
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.constantFrom('policies', 'providers', 'digest', 'version'),
      (value, field) => {
        parseSnapshot(value)
        parseSnapshot({ ...Object(sample), [field]: value })
      },
    ),
  )
})
