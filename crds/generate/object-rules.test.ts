import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clusterPolicyRules } from '../resources/cluster-policy-rules.ts'
import { policyRules } from '../resources/policy-rules.ts'
import { providerRules } from '../resources/provider-rules.ts'
import { buildRoot } from './build-manifest.ts'
import { kinds } from './kinds.ts'
import { objectRules, webhookOnlyRules } from './object-rules.ts'
import { maxSteps } from './policy-object-rules.ts'
import type { StructuralSchema } from './structural-schema.ts'

function* walk(schema: StructuralSchema, path: string): Generator<readonly [string, StructuralSchema]> {
  yield [path, schema]
  for (const [name, field] of Object.entries(schema.properties ?? {})) yield* walk(field, `${path}.${name}`)
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`)
}

const fields = kinds.flatMap(description => [...walk(buildRoot(description), description.kind)])

const namedRules = [...policyRules, ...providerRules, ...clusterPolicyRules].map(rule => rule.name)

for (const name of namedRules) {
  test(`${name} has a twin, or a reason for having none`, () => {
    const isRepeated = objectRules.some(({ twinOf }) => twinOf?.includes(name))
    assert.equal(isRepeated, !Object.hasOwn(webhookOnlyRules, name))
  })
}

test('twins belong to rules that exist', () => {
  const claimed = [...objectRules.flatMap(({ twinOf }) => twinOf ?? []), ...Object.keys(webhookOnlyRules)]
  assert.deepEqual(
    claimed.filter(name => !namedRules.includes(name)),
    [],
  )
})

test('every group of rules stands somewhere', () => {
  const homeless = objectRules.filter(
    ({ at }) => !fields.some(([path]) => path === at || path.endsWith(`.${at}`)),
  )
  assert.deepEqual(
    homeless.map(({ at }) => at),
    [],
  )
})

test('the rule about steps behind the floor looks at every step', () => {
  const chains = fields.filter(([path]) => path.endsWith('.chain'))
  assert.ok(chains.length > 0)
  for (const [, chain] of chains) assert.equal(chain.maxItems, maxSteps)
})

test('unknown content is kept only where a rule refuses the whole field', () => {
  const keeping = fields.filter(([, field]) => field['x-kubernetes-preserve-unknown-fields'] === true)
  assert.ok(keeping.length > 0)
  for (const [path] of keeping) {
    const cut = path.lastIndexOf('.')
    const parent = fields.find(([other]) => other === path.slice(0, cut))?.[1]
    const rules = parent?.['x-kubernetes-validations'] ?? []
    assert.ok(
      rules.some(({ rule }) => rule === `!has(self.${path.slice(cut + 1)})`),
      path,
    )
  }
})
