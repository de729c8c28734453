// What ships with the product: known packages under known licences at exact versions.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { isRecord, type JsonRecord, recordOf, textOf } from '../support/simulated-vendors/json.ts'
import { productionPackages } from './production-packages.ts'

const allowedLicences = [
  'MIT',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Apache-2.0',
  'BlueOak-1.0.0',
  '0BSD',
  'Unlicense',
  'PSF-2.0',
]
const exactVersion = /^\d+\.\d+\.\d+(-[\w.]+)?$/

function readJson(path: string): JsonRecord {
  const value: unknown = JSON.parse(readFileSync(join(repositoryRoot, path), 'utf8'))
  assert.ok(isRecord(value), `${path} is not an object`)
  return value
}

interface LockedPackage {
  /** `node_modules/…` */
  readonly path: string
  readonly name: string
  readonly entry: JsonRecord
}

const locked: readonly LockedPackage[] = Object.entries(recordOf(readJson('package-lock.json')['packages']))
  .filter(([path]) => path !== '')
  .map(([path, entry]) => ({
    path,
    name: path.split('node_modules/').at(-1) ?? path,
    entry: recordOf(entry),
  }))

const production = locked.filter(({ entry }) => entry['dev'] !== true && entry['devOptional'] !== true)

test('the production packages are exactly the listed ones', () => {
  const names = [...new Set(production.map(({ name }) => name))].sort()
  assert.deepEqual(names, [...productionPackages])
})

test('every production package has an allowed licence in its own manifest', () => {
  const strangers = production
    .map(({ path }) => ({ path, licence: textOf(readJson(join(path, 'package.json'))['license']) }))
    .filter(({ licence }) => licence === undefined || !allowedLicences.includes(licence))
  assert.deepEqual(strangers, [])
})

test('no production package runs a script at installation', () => {
  const scripted = production.filter(({ entry }) => entry['hasInstallScript'] === true)
  assert.deepEqual(
    scripted.map(({ name }) => name),
    [],
  )
})

test('package.json asks for exact versions', () => {
  const manifest = readJson('package.json')
  const wanted = { ...recordOf(manifest['dependencies']), ...recordOf(manifest['devDependencies']) }
  const loose = Object.entries(wanted).filter(([, version]) => !exactVersion.test(textOf(version) ?? ''))
  assert.deepEqual(loose, [])
})

test('the lockfile pins a version and a digest for every package and names no registry', () => {
  const loose = locked.filter(
    ({ entry }) =>
      !exactVersion.test(textOf(entry['version']) ?? '') ||
      !(textOf(entry['integrity']) ?? '').startsWith('sha512-') ||
      'resolved' in entry,
  )
  assert.deepEqual(
    loose.map(({ path }) => path),
    [],
  )
})

test('the lockfile holds every package that another one asks for, other platforms included', () => {
  const held = new Set(locked.map(({ name }) => name))
  const missing = locked.flatMap(({ name, entry }) =>
    Object.keys({ ...recordOf(entry['dependencies']), ...recordOf(entry['optionalDependencies']) })
      .filter(wanted => !held.has(wanted))
      .map(wanted => `${name} asks for ${wanted}`),
  )
  assert.deepEqual(missing, [])
})
