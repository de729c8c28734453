// What holds for any set of policies in a namespace.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesGlob } from '../resources/glob.ts'
import { parseResource } from '../resources/parse-resource.ts'
import type { Resource } from '../resources/resource.ts'
import { document, resource, target } from '../sample-resources.ts'
import { parseSnapshot } from '../snapshot/parse-snapshot.ts'
import { compileNamespace } from './compile-namespace.ts'

const pods = [{}, { app: 'a' }, { app: 'b' }, { app: 'a', tier: 'x' }]
const selector = fc.constantFrom(
  undefined,
  { matchLabels: { app: 'a' } },
  { matchLabels: { app: 'b' } },
  { matchExpressions: [{ key: 'tier', operator: 'Exists' }] },
)
const step = fc
  .record({ provider: fc.constantFrom('us', 'eu', 'gone'), model: fc.constantFrom('m', 'n') })
  .map(({ provider, model }) => target('a', {}, { providerRef: { name: provider }, model }))
const spec = fc
  .record({
    priority: fc.constantFrom(-1, 0, 1),
    mode: fc.constantFrom('Enforce', 'Observe'),
    selector,
    step,
    attempts: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ step: first, attempts, selector: selected, ...fields }) => ({
    ...fields,
    ...(selected === undefined ? {} : { selector: selected }),
    routes: [{ name: 'r', limits: { attempts }, chain: [first] }],
  }))
const constraints = fc.constantFrom(
  { maxAttempts: 2 },
  { modes: ['Enforce'] },
  { models: ['m'] },
  { regions: ['eu-*'] },
  { providers: ['eu', 'gone'] },
)
const metadata = (name: string) =>
  fc.constantFrom({ name }, { name, creationTimestamp: '2026-01-01T00:00:00Z' })
const names = ['a', 'b', 'c', 'd'] as const
const named = fc.constantFrom(...names)
const namespaced = fc
  .tuple(named.chain(metadata), spec)
  .map(([meta, fields]) => document('FallbackPolicy', { ...meta, namespace: 'shop' }, fields))
const cluster = fc
  .tuple(
    named.chain(metadata),
    fc.record({ defaults: spec, overrides: spec, constraints }, { requiredKeys: [] }),
  )
  .map(([meta, fields]) => document('ClusterFallbackPolicy', meta, fields))

const regions: Readonly<Record<string, string>> = { us: 'us-1', eu: 'eu-1' }
const providers = Object.entries(regions).map(([name, region]) =>
  resource('LLMProvider', { name, namespace: 'shop' }, { dialect: 'OpenAI', region }),
)

/** Those that the language accepts, each name once a kind. */
const house = fc.array(fc.oneof(namespaced, cluster), { maxLength: 8 }).map(documents => {
  const byName = new Map<string, Resource>()
  for (const value of documents) {
    const parsed = parseResource(value)
    if (parsed.kind === 'ok')
      byName.set(`${parsed.resource.kind} ${parsed.resource.metadata.name}`, parsed.resource)
  }
  return [...byName.values()]
})

function compileShop(resources: readonly Resource[]) {
  return compileNamespace({
    namespace: 'shop',
    resources: [...providers, ...resources],
    namespaceLabels: {},
    operatorNamespace: 'platform-system',
    secretState: () => 'found',
  })
}

test('the order in which resources come changes nothing', () => {
  fc.assert(
    fc.property(
      house.chain(resources =>
        fc.tuple(fc.constant(resources), fc.shuffledSubarray(resources, { minLength: resources.length })),
      ),
      ([resources, shuffled]) => {
        const [one, other] = [compileShop(resources), compileShop(shuffled)]
        assert.deepEqual(new Map(one.policies), new Map(other.policies))
        for (const pod of pods) assert.deepEqual(one.classFor(pod), other.classFor(pod))
      },
    ),
  )
})

test('deleting a policy that wins nowhere changes no snapshot', () => {
  fc.assert(
    fc.property(house, resources => {
      const before = compileShop(resources)
      const winners = new Set(pods.flatMap(pod => before.classFor(pod).winners))
      for (const removed of resources) {
        const isCluster = removed.kind === 'ClusterFallbackPolicy'
        if (isCluster && removed.spec.constraints !== undefined) continue
        if (winners.has(`${isCluster ? 'cluster' : 'shop'}/${removed.metadata.name}`)) continue
        const after = compileShop(resources.filter(kept => kept !== removed))
        for (const pod of pods) {
          assert.equal(after.classFor(pod).snapshot.digest, before.classFor(pod).snapshot.digest)
        }
      }
    }),
  )
})

test('no chain that runs breaks a constraint in force', () => {
  fc.assert(
    fc.property(house, resources => {
      const result = compileShop(resources)
      const inForce = resources.flatMap(candidate =>
        candidate.kind === 'ClusterFallbackPolicy' ? (candidate.spec.constraints ?? []) : [],
      )
      for (const policy of pods.flatMap(pod => result.classFor(pod).snapshot.policies)) {
        for (const { maxAttempts, modes, models, regions: allowed, providers: known } of inForce) {
          assert.ok(modes === undefined || modes.includes(policy.mode))
          for (const route of policy.routes) {
            assert.ok(maxAttempts === undefined || route.limits.attempts <= maxAttempts)
            for (const asked of route.chain) {
              assert.ok(asked.kind === 'target')
              if (asked.unresolved !== undefined) continue
              const name = asked.provider.slice('LLMProvider/shop/'.length)
              assert.ok(models === undefined || models.includes(asked.model))
              assert.ok(known === undefined || known.includes(name))
              assert.ok(allowed === undefined || allowed.some(glob => matchesGlob(glob, regions[name] ?? '')))
            }
          }
        }
      }
    }),
  )
})

test('every policy that selects a pod wins, loses to a winner of that pod, or is not accepted', () => {
  fc.assert(
    fc.property(house, resources => {
      const result = compileShop(resources)
      for (const pod of pods) {
        const { winners, losers, snapshot } = result.classFor(pod)
        assert.equal(winners.length, snapshot.policies.length)
        assert.ok(winners.length <= 3)
        for (const { winner } of losers) assert.ok(winners.includes(winner))
        for (const id of [...winners, ...losers.map(loser => loser.policy)]) {
          assert.equal(result.policies.get(id)?.accepted.isTrue, true)
        }
        assert.equal(parseSnapshot(JSON.parse(JSON.stringify(snapshot))).kind, 'ok')
      }
    }),
  )
})
