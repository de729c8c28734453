// Every fixture, judged by the language alone: what readers of folders and the admission webhook run.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseResource } from '../../crds/resources/parse-resource.ts'
import { formatProblem } from '../../crds/resources/problem.ts'
import { layers, readAccepted, readRejected } from './read-fixtures.ts'

for (const { name, document } of readAccepted()) {
  test(`accepts ${name}`, () => {
    const parsed = parseResource(document)
    assert.deepEqual(parsed.kind === 'ok' ? [] : parsed.problems.map(formatProblem), [])
  })
}

const rejected = readRejected()

for (const { name, document, field, says } of rejected) {
  test(`refuses ${name} for the reason that it states`, () => {
    const parsed = parseResource(document)
    assert.equal(parsed.kind, 'refused')
    const problems = parsed.kind === 'refused' ? parsed.problems : []
    const lines = problems.map(formatProblem).join('\n')
    assert.ok(
      problems.some(problem => problem.path === field && problem.message.includes(says)),
      lines,
    )
    assert.doesNotMatch(lines, /canary/, 'a value that could be a secret is repeated')
  })
}

test('every layer refuses something', () => {
  for (const layer of layers)
    assert.ok(
      rejected.some(fixture => fixture.layer === layer),
      layer,
    )
})
