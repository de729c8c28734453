import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as z from 'zod/mini'
import { clusterFallbackPolicy } from './cluster-fallback-policy.ts'
import { fallbackPolicy } from './fallback-policy.ts'
import { clusterLLMProvider, llmProvider } from './llm-provider.ts'

interface JsonSchema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly items?: JsonSchema
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
}

/** Kubernetes describes these itself. */
const foreign = /^(apiVersion|kind|metadata\.\w+)$/
const booleanWords = /^(on|off|yes|no|y|n|true|false)$/i

function* walk(schema: JsonSchema, path: string): Generator<readonly [string, JsonSchema]> {
  yield [path, schema]
  if (schema.items !== undefined) yield* walk(schema.items, `${path}[]`)
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    yield* walk(child, path === '' ? name : `${path}.${name}`)
  }
}

for (const [kind, schema] of Object.entries({
  fallbackPolicy,
  clusterFallbackPolicy,
  llmProvider,
  clusterLLMProvider,
})) {
  const generated = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema
  const fields = [...walk(generated, '')]

  test(`every field of ${kind} has a description`, () => {
    const silent = fields.filter(([path, field]) => !foreign.test(path) && field.description === undefined)
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    )
    assert.ok(fields.length > 25)
  })

  test(`no name or value of ${kind} is a boolean of YAML 1.1`, () => {
    const words = fields.flatMap(([, field]) => [
      ...Object.keys(field.properties ?? {}),
      ...(field.enum ?? []).filter(value => typeof value === 'string'),
    ])
    assert.deepEqual(
      words.filter(word => booleanWords.test(String(word))),
      [],
    )
  })
}
