import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseResource } from '../resources/parse-resource.ts'
import { formatProblem } from '../resources/problem.ts'
import { apiVersion, type Resource } from '../resources/resource.ts'
import { chainPolicy, policy, provider, target } from '../sample-resources.ts'
import type { PolicySnapshot } from '../snapshot/policy-snapshot.ts'
import { type CompileInput, compile } from './compile.ts'

function compileFolder(resources: readonly Resource[], input: Partial<CompileInput> = {}) {
  return compile({ resources, environment: 'folder', ...input })
}

function snapshotOf(resources: readonly Resource[], input: Partial<CompileInput> = {}): PolicySnapshot {
  const result = compileFolder(resources, input)
  if (result.kind === 'compiled') return result.snapshot
  throw new Error(result.problems.map(formatProblem).join('\n'))
}

const openai = provider('openai')

test('the identity in a folder is the content, whatever the generation', () => {
  const generated = policy('p', { routes: [{ name: 'r', chain: [target('a')] }] }, { generation: 7 })
  const other = policy('p', { routes: [{ name: 'other', chain: [target('a')] }] }, { generation: 7 })
  const identity = (written: Resource) => snapshotOf([openai, written]).policies[0]?.identity ?? ''
  assert.match(identity(generated), /^p@[0-9a-f]{8}$/)
  assert.notEqual(identity(generated), identity(other))
})

test('the order of objects and of what is a set leaves the digest alone', () => {
  const resources = [
    provider('openai', { models: [{ name: 'a', capabilities: ['Tools', 'Vision'] }, { name: 'b' }] }),
    provider('second'),
    chainPolicy([
      target('a'),
      target('b', { when: ['Timeout', 'RateLimited'] }, { providerRef: { name: 'second' } }),
    ]),
  ]
  const turned = [
    chainPolicy([
      target('a'),
      target('b', { when: ['RateLimited', 'Timeout'] }, { providerRef: { name: 'second' } }),
    ]),
    provider('second'),
    provider('openai', { models: [{ name: 'b' }, { name: 'a', capabilities: ['Vision', 'Tools'] }] }),
  ]
  const strip = (snapshot: PolicySnapshot) => ({ ...snapshot.policies[0], identity: '' })
  assert.deepEqual(strip(snapshotOf(turned)), strip(snapshotOf(resources)))
  assert.deepEqual(snapshotOf(turned).providers, snapshotOf(resources).providers)
  const first = snapshotOf(resources).digest
  fc.assert(
    fc.property(fc.shuffledSubarray(resources, { minLength: 3 }), shuffled => {
      assert.equal(snapshotOf(shuffled).digest, first)
    }),
  )
})

test('compiles whatever is accepted, without an error', () => {
  const kinds = fc.constantFrom('FallbackPolicy', 'LLMProvider', 'ClusterLLMProvider')
  const names = fc.constantFrom('openai', 'second', 'p')
  const steps = fc.record(
    {
      name: names,
      when: fc.array(fc.constantFrom('RateLimited', 'Timeout', 'BadRequest', 'ContextOverflow')),
      target: fc.record({ providerRef: fc.record({ name: names }), model: fc.constantFrom('m', 'n') }),
      cache: fc.constant({ maxAge: '1h' }),
      manual: fc.constant({ text: 'sorry' }),
    },
    { requiredKeys: ['name'] },
  )
  const spec = fc.oneof(
    fc.jsonValue(),
    fc.constant({ dialect: 'OpenAI' }),
    fc.record({
      routes: fc.array(fc.record({ name: names, chain: fc.array(steps, { maxLength: 4 }) }), {
        maxLength: 2,
      }),
    }),
  )
  const objects = fc.record({
    apiVersion: fc.constant(apiVersion),
    kind: kinds,
    metadata: fc.record({ name: names }),
    spec,
  })
  fc.assert(
    fc.property(fc.array(objects, { maxLength: 5 }), values => {
      const resources = values.flatMap(value => {
        const parsed = parseResource(value)
        return parsed.kind === 'ok' ? [parsed.resource] : []
      })
      assert.ok(['compiled', 'refused'].includes(compile({ resources, environment: 'folder' }).kind))
    }),
  )
})
