import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Contents, describeContents } from './describe-contents.ts'

const contents: Contents = {
  program: 'sidecar',
  version: '1.2.3',
  createdAt: new Date('2026-01-02T03:04:05.678Z'),
  node: { version: '24.0.0', sha256: 'ab'.repeat(32) },
  debianVersion: '12',
  libraries: [
    {
      name: 'libstdc++6',
      version: '12.2.0-14+deb12u1',
      source: 'gcc-12',
      sourceVersion: '12.2.0-14+deb12u1',
      architecture: 'amd64',
    },
  ],
  bundled: [
    {
      name: '@smithy/core',
      version: '3.0.1',
      licence: 'Apache-2.0',
      integrity: `sha512-${Buffer.alloc(64, 1).toString('base64')}`,
      licenceText: '',
    },
    {
      name: 'tslib',
      version: '1.14.1',
      licence: '0BSD',
      integrity: `sha512-${Buffer.alloc(64, 2).toString('base64')}`,
      licenceText: '',
    },
    {
      name: 'tslib',
      version: '2.8.1',
      licence: '0BSD',
      integrity: `sha512-${Buffer.alloc(64, 3).toString('base64')}`,
      licenceText: '',
    },
  ],
}

const document = JSON.parse(describeContents(contents))

function find(name: string) {
  return document.packages.find((one: { name: string }) => one.name === name)
}

test('the document has every field that SPDX 2.3 asks of one', () => {
  assert.equal(document.spdxVersion, 'SPDX-2.3')
  assert.equal(document.dataLicense, 'CC0-1.0')
  assert.equal(document.SPDXID, 'SPDXRef-DOCUMENT')
  assert.equal(document.name, 'llm-fallback-sidecar-1.2.3')
  assert.match(document.documentNamespace, /^https:\/\/[^#]+$/)
  assert.equal(document.creationInfo.created, '2026-01-02T03:04:05Z')
  assert.match(document.creationInfo.creators[0], /^Tool: \S+$/)
})

test('every package has the fields that SPDX 2.3 asks of one, under an identifier of its own', () => {
  for (const one of document.packages) {
    assert.match(one.SPDXID, /^SPDXRef-[A-Za-z0-9.-]+$/)
    for (const field of ['name', 'versionInfo', 'downloadLocation', 'licenseDeclared'])
      assert.ok(one[field], field)
    assert.equal(one.filesAnalyzed, false)
    for (const { algorithm, checksumValue } of one.checksums ?? []) {
      assert.match(checksumValue, algorithm === 'SHA512' ? /^[0-9a-f]{128}$/ : /^[0-9a-f]{64}$/)
    }
  }
  const ids = document.packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID)
  assert.equal(new Set(ids).size, ids.length)
})

test('the document describes the program, which contains all the others', () => {
  const [described, ...contained] = document.relationships
  const [program, ...others] = document.packages
  assert.deepEqual(described, {
    spdxElementId: 'SPDXRef-DOCUMENT',
    relationshipType: 'DESCRIBES',
    relatedSpdxElement: program.SPDXID,
  })
  assert.deepEqual(
    contained,
    others.map(({ SPDXID }: { SPDXID: string }) => ({
      spdxElementId: program.SPDXID,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: SPDXID,
    })),
  )
})

test('scanners find packages by the names of their worlds', () => {
  const locators = (name: string) =>
    find(name).externalRefs.map(({ referenceLocator }: { referenceLocator: string }) => referenceLocator)
  assert.deepEqual(locators('@smithy/core'), ['pkg:npm/%40smithy/core@3.0.1'])
  assert.deepEqual(locators('libstdc++6'), [
    'pkg:deb/debian/libstdc%2B%2B6@12.2.0-14%2Bdeb12u1?arch=amd64&distro=debian-12&upstream=gcc-12%4012.2.0-14%2Bdeb12u1',
  ])
  assert.deepEqual(locators('node'), [
    'pkg:generic/node@24.0.0',
    'cpe:2.3:a:nodejs:node.js:24.0.0:*:*:*:*:*:*:*',
  ])
})

test('the digest of the lockfile is told in the notation of SPDX', () => {
  assert.deepEqual(find('@smithy/core').checksums, [{ algorithm: 'SHA512', checksumValue: '01'.repeat(64) }])
})

test('the same contents are the same bytes, others have another namespace', () => {
  assert.equal(describeContents(contents), describeContents({ ...contents }))
  const changed = JSON.parse(describeContents({ ...contents, bundled: [] }))
  assert.notEqual(changed.documentNamespace, document.documentNamespace)
})
