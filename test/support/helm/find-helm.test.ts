import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { findHelm } from './find-helm.ts'
import { helmVersion } from './helm-version.ts'

const tell = () => undefined

async function withHelm(version: string, use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-helm-'))
  await writeFile(join(folder, 'helm'), `#!/bin/sh\necho ${version}+gabc\n`)
  await chmod(join(folder, 'helm'), 0o755)
  await use(folder).finally(() => rm(folder, { recursive: true }))
}

test('takes the one that HELM names before all else', () =>
  withHelm('v3.14.0', async folder => {
    const path = join(folder, 'helm')
    assert.deepEqual(await findHelm({ environment: { HELM: path }, tell }), { path, origin: 'HELM' })
  }))

test('a named one that is too old is a mistake, not a reason to look elsewhere', () =>
  withHelm('v3.13.9', async folder => {
    const found = findHelm({ environment: { HELM: join(folder, 'helm') }, tell })
    await assert.rejects(found, /HELM is .*, which is v3\.13\.9\+gabc, too old/)
  }))

test("takes the machine's own where none is named", () =>
  withHelm('v4.0.0', async folder => {
    assert.deepEqual(await findHelm({ environment: { PATH: folder }, tell }), {
      path: 'helm',
      origin: 'the path',
    })
  }))

test('the modules that are built are those of the version that is told', async () => {
  const modules = await readFile(new URL('./program/go.mod', import.meta.url), 'utf8')
  assert.ok(modules.includes(`helm.sh/helm/v4 v${helmVersion} // indirect`))
})
