import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { snapshotDigest } from '../../crds/snapshot/digest.ts'
import { manualChain, snapshotOf } from '../../test/support/snapshots.ts'
import { keepLastGood } from './state-file.ts'

function scene(context: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'llm-fallback-state-'))
  context.after(() => rmSync(directory, { recursive: true, force: true }))
  const warnings: Readonly<Record<string, unknown>>[] = []
  const open = () => keepLastGood(directory, { warn: fields => void warnings.push(fields) })
  return { directory, warnings, open, path: join(directory, 'snapshot.json') }
}

const snapshot = snapshotOf(manualChain('kept'))

test('what was saved is found by the next run, readable by nobody else', t => {
  const { directory, path, open } = scene(t)
  open().save(snapshot)
  const kept = open().load()
  assert.equal(kept.kind === 'kept' && kept.snapshot.digest, snapshot.digest)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  assert.deepEqual(readdirSync(directory), ['snapshot.json'])
})

test('a folder is made where it is missing, and one that cannot be made is a warning', t => {
  const { directory, warnings } = scene(t)
  const log = { warn: (fields: Readonly<Record<string, unknown>>) => void warnings.push(fields) }
  const deep = keepLastGood(join(directory, 'a', 'b'), log)
  deep.save(snapshot)
  assert.equal(deep.load().kind, 'kept')
  assert.deepEqual(warnings, [])
  keepLastGood('/proc/llm-fallback/state', log).save(snapshot)
  assert.equal(warnings.length, 1)
})

test('a snapshot with fields of a newer operator is kept with them, since its digest is over them', t => {
  const { open } = scene(t)
  const newer = { ...snapshot, colour: 'red', digest: '' }
  open().save({ ...newer, digest: snapshotDigest(newer) })
  assert.equal(open().load().kind, 'kept')
})

test('nothing kept is no trouble', t => {
  const { open, warnings } = scene(t)
  assert.deepEqual(open().load(), { kind: 'none' })
  assert.deepEqual(warnings, [])
})

for (const [about, text] of [
  ['half a file', JSON.stringify(snapshot).slice(0, 80)],
  ['a changed file', JSON.stringify(snapshot).replace('kept', 'evil')],
  ['a file of another version', JSON.stringify({ ...snapshot, version: 99 })],
] as const) {
  test(`${about} is refused and told`, t => {
    const { path, open, warnings } = scene(t)
    writeFileSync(path, text)
    assert.equal(open().load().kind, 'refused')
    assert.equal(warnings.length, 1)
  })
}

test('without a folder nothing is kept and nothing fails', () => {
  const lastGood = keepLastGood(undefined, { warn: () => assert.fail('nothing to warn about') })
  lastGood.save(snapshot)
  assert.deepEqual(lastGood.load(), { kind: 'none' })
})
