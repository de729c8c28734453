import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { startProcessGuard } from './process-guard.ts'

const started: ChildProcess[] = []
after(() => {
  for (const child of started) child.kill('SIGKILL')
})

async function startIdler(): Promise<{ pid: number; child: ChildProcess }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  started.push(child)
  await once(child, 'spawn')
  return { pid: child.pid ?? 0, child }
}

test('kills what it watches and removes the folder once its pipe is closed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-guard-'))
  const guard = startProcessGuard(folder)
  const { pid, child } = await startIdler()
  guard.watch(pid)
  const exit = once(child, 'exit')
  await guard.close()
  assert.deepEqual(await exit, [null, 'SIGKILL'])
  await assert.rejects(access(folder))
})

test('lets live what it was told to forget', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-guard-'))
  const guard = startProcessGuard(folder)
  const { pid, child } = await startIdler()
  guard.watch(pid)
  guard.forget(pid)
  await guard.close()
  assert.equal(child.exitCode ?? child.signalCode, null)
  await rm(folder, { recursive: true, force: true })
})

test('removes control groups from the innermost out, and nothing but folders in them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-guard-'))
  // What a hierarchy of cgroups is to those who remove it: folders in folders.
  const group = await mkdtemp(join(tmpdir(), 'llm-fallback-group-'))
  await mkdir(join(group, 'pods', 'one'), { recursive: true })
  await startProcessGuard(folder, [group]).close()
  await assert.rejects(access(group))
  await assert.rejects(access(folder))
})
