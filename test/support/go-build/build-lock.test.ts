import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { access, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withLock } from './build-lock.ts'

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-lock-'))
  await use(join(folder, 'lock')).finally(() => rm(folder, { recursive: true }))
}

test('two that want the same do it one after the other, and the second is told whom it waits for', () =>
  withPath(async path => {
    const waits: number[] = []
    let inside = 0
    const work = async () => {
      inside += 1
      assert.equal(inside, 1)
      await sleep(20)
      inside -= 1
    }
    const options = { path, onWait: (holder: number) => void waits.push(holder) }
    await Promise.all([withLock(options, work), withLock(options, work)])
    assert.equal(waits.length, 1)
    await assert.rejects(access(path))
  }))

test('a holder that died does not hold others up', () =>
  withPath(async path => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    await writeFile(path, String(dead))
    const onWait = () => assert.fail('waited for the dead')
    assert.equal(await withLock({ path, onWait }, async () => 'done'), 'done')
  }))

test('the lock is given back when the work fails', () =>
  withPath(async path => {
    const fail = withLock({ path, onWait: () => undefined }, () => Promise.reject(new Error('broken')))
    await assert.rejects(fail, /broken/)
    await assert.rejects(access(path))
  }))
