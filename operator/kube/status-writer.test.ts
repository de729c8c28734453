import assert from 'node:assert/strict'
import { beforeEach, test } from 'node:test'
import type { ApiClient, ApiRequest } from './api-client.ts'
import { ApiError } from './api-error.ts'
import { createStatusWriter } from './status-writer.ts'

const id = { kind: 'FallbackPolicy', namespace: 'shop', name: 'main' } as const
const status = { observedGeneration: 2, conditions: [] }
let sent: ApiRequest[]
let conflicts: number
let version: number
let isLeader: boolean

beforeEach(() => {
  sent = []
  conflicts = 0
  version = 7
  isLeader = true
})

const client: ApiClient = {
  send: async request => {
    sent.push(request)
    if (request.method === 'GET') {
      return { metadata: { name: 'main', uid: 'u-1', resourceVersion: String(version) } }
    }
    if (conflicts > 0) {
      conflicts -= 1
      version += 1
      throw new ApiError({ status: 409, reason: 'Conflict', message: 'changed' })
    }
    return {}
  },
  stream: () => Promise.reject(new Error('not asked for')),
  close: async () => undefined,
}
const writer = createStatusWriter(client, () => isLeader)

test('applies the status alone, to the version that was found to be the right object', async () => {
  await writer.apply(id, 'u-1', status)
  const path = '/apis/llmfallback.io/v1alpha1/namespaces/shop/fallbackpolicies/main'
  assert.deepEqual(
    sent.map(one => one.path),
    [path, `${path}/status`],
  )
  assert.deepEqual(sent[1]?.query, { fieldManager: 'llm-fallback-status', force: 'true' })
  assert.deepEqual(sent[1]?.body, {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name: 'main', namespace: 'shop', resourceVersion: '7' },
    status,
  })
})

test('leaves a namesake alone', async () => {
  await assert.rejects(writer.apply(id, 'u-0', status), { status: 409, reason: 'Namesake' })
  assert.equal(sent.length, 1)
})

test('an edit in between is read, and then written over nothing but the status', async () => {
  conflicts = 2
  await writer.apply(id, 'u-1', status)
  assert.equal(Object(sent.at(-1)?.body).metadata.resourceVersion, '9')
})

test('edits without end are given up', async () => {
  conflicts = 99
  await assert.rejects(writer.apply(id, 'u-1', status), { reason: 'Conflict' })
  assert.equal(sent.length, 6)
})

test('a replica that no longer leads takes a conflict for the word of the one that does', async () => {
  conflicts = 1
  isLeader = false
  await assert.rejects(writer.apply(id, 'u-1', status), { reason: 'Conflict' })
  assert.equal(sent.length, 2)
})
