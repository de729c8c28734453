import assert from 'node:assert/strict'
import { test } from 'node:test'
import { repositoryOf } from './image-repository.ts'

test('tag and digest are taken away, the port of a registry is not', () => {
  const digest = `sha256:${'0'.repeat(64)}`
  assert.equal(repositoryOf('registry:5000/a/sidecar:1.0'), 'registry:5000/a/sidecar')
  assert.equal(repositoryOf('registry:5000/a/sidecar'), 'registry:5000/a/sidecar')
  assert.equal(repositoryOf(`ghcr.io/a/sidecar:1.0@${digest}`), 'ghcr.io/a/sidecar')
  assert.equal(repositoryOf(`ghcr.io/a/sidecar@${digest}`), 'ghcr.io/a/sidecar')
})
