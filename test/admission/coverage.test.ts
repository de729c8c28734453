// No rule without a resource that it refuses.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildRoot } from '../../crds/generate/build-manifest.ts'
import { kinds } from '../../crds/generate/kinds.ts'
import type { CelRule, StructuralSchema } from '../../crds/generate/structural-schema.ts'
import { readRejected } from './read-fixtures.ts'

function* rulesOf(schema: StructuralSchema): Generator<CelRule> {
  yield* schema['x-kubernetes-validations'] ?? []
  for (const field of Object.values(schema.properties ?? {})) yield* rulesOf(field)
  if (schema.items !== undefined) yield* rulesOf(schema.items)
  if (schema.additionalProperties !== undefined) yield* rulesOf(schema.additionalProperties)
}

/** What its message holds in any case. */
function wordsOf({ message, messageExpression }: CelRule): readonly string[] {
  if (messageExpression === undefined) return [message]
  return [...messageExpression.matchAll(/"([^"]*)"/g)].map(([, words]) => words ?? '')
}

const said = readRejected()
  .filter(({ layer }) => layer === 'CEL')
  .map(({ says }) => says)

const rules = new Map(kinds.flatMap(kind => [...rulesOf(buildRoot(kind))]).map(rule => [rule.message, rule]))

for (const [message, rule] of rules) {
  test(`some resource is refused with "${message}"`, () => {
    const isShown = said.some(says =>
      wordsOf(rule).every(words => says.includes(words) || words.includes(says)),
    )
    assert.ok(isShown, 'add one to test/admission/rejects')
  })
}
