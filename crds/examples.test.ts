import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parseAllDocuments } from 'yaml'
import { compile } from './compile/compile.ts'
import { compileNamespace } from './compile/compile-namespace.ts'
import { parseResource } from './resources/parse-resource.ts'
import { formatProblem, type ResourceProblem } from './resources/problem.ts'
import type { Resource } from './resources/resource.ts'

const folder = new URL('./examples/', import.meta.url)

interface ReadExample {
  readonly text: string
  readonly resources: readonly Resource[]
  readonly problems: readonly ResourceProblem[]
}

function readExample(file: string): ReadExample {
  const text = readFileSync(new URL(file, folder), 'utf8')
  const parsed = parseAllDocuments(text, { version: '1.1' }).map((document, index) =>
    parseResource(document.toJS(), { file, document: index }),
  )
  return {
    text,
    resources: parsed.flatMap(result => (result.kind === 'ok' ? [result.resource] : [])),
    problems: parsed.flatMap(result => (result.kind === 'refused' ? result.problems : [])),
  }
}

test('the quickstart compiles', () => {
  const { resources, problems } = readExample('quickstart/policy.yaml')
  assert.deepEqual(problems.map(formatProblem), [])
  const result = compile({ resources, environment: 'folder' })
  assert.equal(result.kind, 'compiled')
  assert.deepEqual(
    result.warnings.map(warning => warning.path),
    ['spec.routes[0].limits.deadline'],
  )
  assert.deepEqual(result.kind === 'compiled' ? Object.keys(result.snapshot.providers) : [], [
    'LLMProvider/support/anthropic',
    'LLMProvider/support/openai',
  ])
})

for (const name of ['every-dialect', 'regulated-eu', 'downgrade-on-429']) {
  test(`${name} compiles`, () => {
    const { resources, problems } = readExample(`${name}/policy.yaml`)
    assert.deepEqual(problems.map(formatProblem), [])
    assert.ok(resources.some(resource => resource.kind === 'FallbackPolicy'))
    const result = compile({ resources, environment: 'folder' })
    assert.equal(result.kind, 'compiled', JSON.stringify(result))
  })
}

test('cluster-policy compiles in a cluster, and a folder refuses what only a cluster has', () => {
  const { resources, problems } = readExample('cluster-policy/policy.yaml')
  assert.deepEqual(problems.map(formatProblem), [])
  const namespace = compileNamespace({
    namespace: 'insurance',
    resources,
    namespaceLabels: { llm: 'regulated' },
    operatorNamespace: 'llm-fallback-system',
    secretState: () => 'found',
  })
  const verdicts = [...namespace.policies.values()]
  assert.ok(verdicts.every(({ accepted, resolvedRefs }) => accepted.isTrue && resolvedRefs.isTrue))
  assert.deepEqual(
    verdicts.flatMap(({ warnings }) => warnings.map(formatProblem)),
    [],
  )
  assert.deepEqual(namespace.classFor({ app: 'claims' }).winners, ['insurance/claims', 'cluster/regulated'])
  assert.deepEqual(namespace.classFor({ app: 'other' }).winners, ['cluster/regulated'])

  const folder = compile({ resources, environment: 'folder' })
  assert.ok(folder.kind === 'refused')
  assert.ok(
    folder.problems
      .map(formatProblem)
      .some(problem => /^ClusterFallbackPolicy regulated: kind: works in a cluster only/.test(problem)),
  )
})

for (const file of readdirSync(new URL('invalid/', folder))) {
  test(`invalid/${file} is refused for the reason that it states`, () => {
    const { text, problems } = readExample(`invalid/${file}`)
    const [path = '', reason = ''] = text.slice(2, text.indexOf('\n')).split(/: (.*)/)
    assert.equal(problems[0]?.path, path)
    const [said, stated] = [wordsOf(problems[0]?.message ?? ''), wordsOf(reason)]
    assert.deepEqual(
      stated.filter(word => !said.includes(word)),
      [],
      problems[0]?.message,
    )
  })
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? []
}
