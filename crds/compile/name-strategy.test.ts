import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chainPolicy, manual, provider, target } from '../sample-resources.ts'
import { compile } from './compile.ts'

type Fields = Readonly<Record<string, unknown>>

const retry = { retry: { attempts: 1 } }
const other = { providerRef: { name: 'second' } }

const chains: readonly (readonly [string, readonly Fields[]])[] = [
  ['single', [target('a')]],
  ['single', [target('a', retry)]],
  ['single', [target('a'), target('b')]],
  ['retry-then-fallback+provider-rotation', [target('a', retry), target('b', {}, other)]],
  ['model-downgrade', [target('a'), target('b', { when: ['RateLimited'] }, { model: 'small' })]],
  ['provider-rotation', [target('a'), target('b', {}, other)]],
  ['cache-on-failure', [target('a'), { name: 'b', cache: { maxAge: '1h' } }]],
  ['manual-route', [target('a'), manual('b')]],
  ['manual-route', [manual('a')]],
  [
    'retry-then-fallback+model-downgrade+provider-rotation+cache-on-failure+manual-route',
    [
      target('a', retry),
      target('b', {}, { model: 'small' }),
      target('c', {}, other),
      { name: 'd', cache: { maxAge: '1h' } },
      manual('e'),
    ],
  ],
]

for (const [strategy, chain] of chains) {
  test(`a chain of ${chain.map(step => Object.keys(step).join(' ')).join(', ')} is called ${strategy}`, () => {
    const resources = [provider('openai'), provider('second'), chainPolicy(chain)]
    const result = compile({ resources, environment: 'folder' })
    assert.equal(result.kind === 'compiled' && result.snapshot.policies[0]?.routes[0]?.strategy, strategy)
  })
}
