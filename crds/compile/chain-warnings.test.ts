import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Resource } from '../resources/resource.ts'
import { chainPolicy, manual, policy, provider, target } from '../sample-resources.ts'
import { compile } from './compile.ts'

type Fields = Readonly<Record<string, unknown>>

const models = [
  { name: 'small', contextWindow: 1_000, price: { inputPerMillion: '1', outputPerMillion: '1' } },
  { name: 'large', contextWindow: 9_000, price: { inputPerMillion: '1', outputPerMillion: '1' } },
]
const providers = [
  provider('openai', { region: 'us-east-1', models }),
  provider('europe', { region: 'eu-west-1', endpoint: 'https://eu.example.com', models }),
  provider('copied', { region: 'eu-west-1', endpoint: 'https://eu.example.com/v1/chat/completions', models }),
  provider('nowhere', { endpoint: 'https://nowhere.example.com', models }),
]
const brief = { timeout: { total: '1s' } }
const at = (name: string, providerName: string, fields: Fields = {}, model = 'small') =>
  target(name, { ...brief, ...fields }, { providerRef: { name: providerName }, model })

function warningsOf(written: Resource): readonly string[] {
  const result = compile({ resources: [...providers, written], environment: 'folder' })
  assert.equal(result.kind, 'compiled', JSON.stringify(result))
  return result.warnings.map(({ path, message }) => `${path}: ${message}`)
}

function expectWarnings(written: Resource, expected: readonly RegExp[]): void {
  const warnings = warningsOf(written)
  assert.equal(warnings.length, expected.length, warnings.join('\n'))
  for (const [index, pattern] of expected.entries()) assert.match(warnings[index] ?? '', pattern)
}

test('a chain within its limits is not warned about', () => {
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'europe'), manual('c')]), [])
})

test('warns of steps that take longer than the deadline', () => {
  const slow = { timeout: { total: '20s' } }
  expectWarnings(
    chainPolicy([at('a', 'openai', slow), at('b', 'europe', slow)], { limits: { deadline: '30s' } }),
    [/^spec.routes\[0\].limits.deadline: the targets may take 40s together, the deadline is 30s/],
  )
})

test('warns of an overflow that meets no larger window', () => {
  const when = { when: ['ContextOverflow'] }
  expectWarnings(chainPolicy([at('a', 'openai', {}, 'large'), at('b', 'europe', when, 'small')]), [
    /^spec.routes\[0\].chain\[1\].when: .*\(1000\) is no larger than that of a \(9000\)/,
  ])
  expectWarnings(chainPolicy([at('a', 'openai', {}, 'small'), at('b', 'europe', when, 'large')]), [])
  expectWarnings(chainPolicy([at('a', 'openai', {}, 'large'), at('b', 'europe', {}, 'small')]), [])
})

test('warns of regions that no target meets', () => {
  const residency = { residency: { regions: ['ap-*'] } }
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'nowhere')], residency), [
    /^spec.routes\[0\].residency.regions: no target can ever meet this/,
  ])
})

test('warns of a step outside the regions that another one meets', () => {
  const residency = { residency: { regions: ['eu-*'] } }
  expectWarnings(chainPolicy([at('a', 'europe'), at('b', 'openai'), at('c', 'nowhere')], residency), [
    /chain\[1\]: is always skipped .*us-east-1/,
    /chain\[2\]: is always skipped .*names no region/,
  ])
})

test('warns of targets that one outage takes together', () => {
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'openai', {}, 'large')]), [
    /^spec.routes\[0\].chain: every target is at api.openai.com/,
  ])
  expectWarnings(chainPolicy([at('a', 'openai'), manual('b')]), [])
})

test('warns of a provider whose endpoint is the address of one operation', () => {
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'copied')]), [
    /^spec.routes\[0\].chain\[1\].target.providerRef: the endpoint .* https:\/\/eu.example.com\/v1 is likely meant/,
  ])
})

test('warns of a budget that cannot see a price', () => {
  const budget = { budget: { usd: '1', per: '1h' } }
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'europe', {}, 'unlisted')], budget), [
    /chain\[1\].target.model: has no price/,
  ])
})

test('warns of a step that waits for a limit that the route does not have', () => {
  const when = { when: ['BudgetExceeded', 'ResidencyDenied'] }
  expectWarnings(chainPolicy([at('a', 'openai'), at('b', 'europe', when)]), [
    /chain\[1\].when: is never entered: the route has no budget and no residency/,
  ])
  expectWarnings(
    chainPolicy([at('a', 'openai'), at('b', 'europe', { when: ['BudgetExceeded'] })], {
      budget: { usd: '1', per: '1h' },
    }),
    [],
  )
})

test('warns of a route behind one that matches everything', () => {
  const chain = [at('a', 'openai')]
  expectWarnings(
    policy('p', {
      routes: [
        { name: 'all', match: {}, chain },
        { name: 'never', chain },
      ],
    }),
    [/^spec.routes\[1\]: no request comes this far: route all/],
  )
})

test('warns of a pass-through that leaves the regions of a route', () => {
  const routes = [
    { name: 'r', match: { models: ['a'] }, residency: { regions: ['eu-*'] }, chain: [at('a', 'europe')] },
  ]
  expectWarnings(policy('p', { passThrough: { providerRef: { name: 'openai' } }, routes }), [
    /^spec.passThrough.providerRef: is outside the regions/,
  ])
  expectWarnings(policy('p', { passThrough: { providerRef: { name: 'europe' } }, routes }), [])
})
