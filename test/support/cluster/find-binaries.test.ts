import assert from 'node:assert/strict'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findBinaries, type Way } from './find-binaries.ts'

const search = { environment: {}, tell: () => undefined }

async function withFolder(
  programs: readonly string[],
  use: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-binaries-'))
  for (const name of programs) {
    await writeFile(join(folder, name), '#!/bin/sh\n')
    await chmod(join(folder, name), 0o755)
  }
  await use(folder).finally(() => rm(folder, { recursive: true }))
}

test('takes the folder that KUBEBUILDER_ASSETS names before all else', () =>
  withFolder(['etcd', 'kube-apiserver', 'kubectl'], async folder => {
    const binaries = await findBinaries({ ...search, environment: { KUBEBUILDER_ASSETS: folder } })
    assert.deepEqual(binaries, {
      etcd: join(folder, 'etcd'),
      apiServer: join(folder, 'kube-apiserver'),
      kubectl: join(folder, 'kubectl'),
      controllerManager: undefined,
      origin: 'KUBEBUILDER_ASSETS',
    })
  }))

test('a named folder without the programs is a mistake, not a reason to look elsewhere', () =>
  withFolder(['etcd', 'kube-apiserver'], async folder => {
    const found = findBinaries({ ...search, environment: { KUBEBUILDER_ASSETS: folder } })
    await assert.rejects(found, /which has no program kubectl/)
  }))

test('goes on to the next way and stops at the first that leads somewhere', () =>
  withFolder(['etcd', 'kube-apiserver', 'kubectl', 'kube-controller-manager'], async folder => {
    const closed: Way = async () => ({ kind: 'closed', reason: 'no' })
    const open: Way = async () => ({ kind: 'found', folder, origin: 'the second way' })
    const trap: Way = async () => assert.fail('looked further than needed')
    const binaries = await findBinaries(search, [closed, open, trap])
    assert.equal(binaries.origin, 'the second way')
    assert.equal(binaries.controllerManager, join(folder, 'kube-controller-manager'))
  }))

test('when no way leads anywhere, says what was tried and how to get a control plane', async () => {
  const closed: Way = async () => ({ kind: 'closed', reason: 'no Go toolchain' })
  await assert.rejects(findBinaries(search, [closed, closed]), (error: Error) => {
    assert.match(error.message, /Install Go 1\.26 or newer/)
    assert.match(error.message, /KUBEBUILDER_ASSETS/)
    assert.match(error.message, /Tried: no Go toolchain; no Go toolchain\./)
    return true
  })
})
