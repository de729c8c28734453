import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { listBundledPackages, packagePathsIn } from './bundled-packages.ts'

function mapOf(...sources: readonly string[]): string {
  return JSON.stringify({ version: 3, sources })
}

test('packages are found wherever the bundle lies, scoped and nested ones too, each once', () => {
  const map = mapOf(
    'builtin:node:crypto',
    '../sidecar/main.ts',
    '../node_modules/zod/mini/index.js',
    '../../deeper/node_modules/zod/core.js',
    '../node_modules/@smithy/core/dist/index.js',
    '../node_modules/tsyringe/node_modules/tslib/tslib.es6.js',
    '../node_modules/tsyringe/dist/index.js',
  )
  assert.deepEqual(packagePathsIn(map), [
    'node_modules/@smithy/core',
    'node_modules/tsyringe',
    'node_modules/tsyringe/node_modules/tslib',
    'node_modules/zod',
  ])
})

async function createRepository(context: TestContext): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'bundled-packages-'))
  context.after(() => rm(root, { recursive: true }))
  const folder = join(root, 'node_modules/left')
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'left', license: 'MIT' }))
  await writeFile(join(folder, 'LICENSE.md'), 'You may.\n')
  await writeFile(join(folder, 'NOTICE'), 'By somebody.\n')
  await writeFile(join(folder, 'licensing.js'), 'code()\n')
  const packages = { 'node_modules/left': { version: '1.2.3', integrity: 'sha512-abc' } }
  await writeFile(join(root, 'package-lock.json'), JSON.stringify({ packages }))
  return root
}

test('a package is described by its manifest, the lockfile and its own licence files', async context => {
  const root = await createRepository(context)
  assert.deepEqual(listBundledPackages(root, mapOf('../node_modules/left/index.js')), [
    {
      name: 'left',
      version: '1.2.3',
      licence: 'MIT',
      integrity: 'sha512-abc',
      licenceText: 'You may.\n\nBy somebody.',
    },
  ])
})

test('a package that the lockfile does not hold is refused by name', async context => {
  const root = await createRepository(context)
  await mkdir(join(root, 'node_modules/right'))
  await writeFile(join(root, 'node_modules/right/package.json'), JSON.stringify({ name: 'right' }))
  assert.throws(
    () => listBundledPackages(root, mapOf('../node_modules/right/index.js')),
    /node_modules\/right is in a bundle and not in package-lock\.json/,
  )
})
