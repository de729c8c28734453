// The loader of policies: whatever a file holds, it is read or refused with reasons, never with a throw.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import { parseSnapshot } from '../../crds/snapshot/parse-snapshot.ts'
import { readYamlDocuments } from '../../sidecar/control/read-yaml.ts'
import type { JsonValue } from '../../sidecar/dialect/completion.ts'
import { seededRandom } from '../conformance/read-stream.ts'
import { fuzz, mutateBytes, mutateJson, pick } from './mutate.ts'

const examples = ['quickstart', 'downgrade-on-429', 'every-dialect', 'regulated-eu'].map(name =>
  readFileSync(new URL(`../../crds/examples/${name}/policy.yaml`, import.meta.url)),
)

async function resourcesOf(bytes: Buffer): Promise<readonly JsonValue[]> {
  const documents = await readYamlDocuments(bytes.toString('utf8'))
  assert.equal(documents.kind, 'read')
  // As data: what is left of a document when it has been JSON.
  return documents.kind === 'read' ? JSON.parse(JSON.stringify(documents.values)) : []
}

test('broken files are read or refused, and so is every document in them', async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = seededRandom(seed)
    const text = mutateBytes(pick(examples, random), random).toString('utf8')
    const documents = await readYamlDocuments(text)
    if (documents.kind === 'refused') assert.ok(documents.reasons.length > 0, `seed ${seed}`)
    else for (const value of documents.values) assertSettled(value)
  }
})

test('resources of any shape are accepted or refused with a path and a message', async () => {
  const resources = (await Promise.all(examples.map(resourcesOf))).flat()
  fuzz({ iterations: 3000 }, random => {
    assertSettled(mutateJson(pick(resources, random), random))
  })
})

test('snapshots of any shape are refused', () => {
  const snapshot = {
    version: 1,
    digest: '0'.repeat(64),
    policies: [
      { namespace: 'a', name: 'b', identity: 'b@1', mode: 'Enforce', routes: [{ name: 'r', chain: [] }] },
    ],
    providers: { 'LLMProvider/a/b': { key: 'LLMProvider/a/b', models: [] } },
  }
  fuzz({ iterations: 1000 }, random => {
    const parsed = parseSnapshot(mutateJson(snapshot, random))
    assert.ok(parsed.kind === 'refused' && parsed.problems.length > 0)
  })
})

function assertSettled(value: unknown): void {
  const parsed = parseResource(value)
  if (parsed.kind === 'ok') return
  assert.ok(parsed.problems.length > 0)
}
