import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { inspect } from 'node:util'
import type { CompiledCredentials } from '../../crds/snapshot/policy-snapshot.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { compiledProvider } from '../../test/support/provider-kit.ts'
import { type Credentials, type CredentialWarning, createCredentials } from './credentials.ts'

interface Scene {
  readonly credentials: Credentials
  readonly warnings: readonly CredentialWarning[]
  readonly folder: string
  /** The key at this source, or `missing` or `none`. */
  find(source: CompiledCredentials): string
  /** Lets a look at a file grow too old. */
  later(): void
}

function openScene(
  t: TestContext,
  environment: Readonly<Record<string, string>> = {},
  policyFrom: 'folder' | 'operator' = 'folder',
): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'credentials-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const clock = new FakeClock()
  const warnings: CredentialWarning[] = []
  const credentials = createCredentials({
    environment,
    clock,
    policyFrom,
    onWarning: warning => void warnings.push(warning),
  })
  return {
    credentials,
    warnings,
    folder,
    find(source) {
      const found = credentials.find(compiledProvider('https://api.example', { credentials: source }))
      return found.kind === 'found' ? found.key.reveal() : found.kind
    },
    later: () => clock.tick(1001),
  }
}

const keyFile = (scene: Scene, text: string | Buffer) => {
  const path = join(scene.folder, 'key')
  writeFileSync(path, text)
  return { kind: 'file', path } as const
}

test('a key file is read, blanks and line breaks around the key left out', t => {
  const scene = openScene(t)
  assert.equal(scene.find(keyFile(scene, '\ufeff  sk-one\r\n\n')), 'sk-one')
  assert.deepEqual(scene.warnings, [])
})

test('a rotated key is used within a second and the old one is still masked', t => {
  const scene = openScene(t)
  const source = keyFile(scene, 'sk-old')
  assert.equal(scene.find(source), 'sk-old')
  keyFile(scene, 'sk-newer')
  assert.equal(scene.find(source), 'sk-old')
  scene.later()
  assert.equal(scene.find(source), 'sk-newer')
  assert.deepEqual(
    scene.credentials.all().map(key => key.reveal()),
    ['sk-old', 'sk-newer'],
  )
})

test('a key swapped by symbolic link, as Kubernetes does, is picked up', t => {
  const scene = openScene(t)
  for (const version of ['one', 'two']) {
    mkdirSync(join(scene.folder, version))
    writeFileSync(join(scene.folder, version, 'key'), `sk-${version}`)
  }
  const link = join(scene.folder, 'data')
  symlinkSync('one', link)
  const source = { kind: 'file', path: join(link, 'key') } as const
  assert.equal(scene.find(source), 'sk-one')
  symlinkSync('two', join(scene.folder, 'next'))
  renameSync(join(scene.folder, 'next'), link)
  scene.later()
  assert.equal(scene.find(source), 'sk-two')
})

const badFiles: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ['an empty file', ' \n', /empty/],
  ['a file of two lines', 'sk-one\nsk-two\n', /no header can carry/],
  ['a key with a control character', 'sk-\u0000one', /no header can carry/],
  ['a key beyond ASCII', 'sk-clé', /no header can carry/],
  ['a file that is too large', Buffer.alloc(64 * 1024 + 1, 'x'), /64 KiB/],
]
for (const [about, text, problem] of badFiles) {
  test(`${about} is a missing key with a warning that does not show it`, t => {
    const scene = openScene(t)
    assert.equal(scene.find(keyFile(scene, text)), 'missing')
    assert.equal(scene.warnings.length, 1)
    assert.match(scene.warnings[0]?.problem ?? '', problem)
    assert.doesNotMatch(JSON.stringify(scene.warnings), /sk-/)
  })
}

test('a folder in the place of a key is a missing key', t => {
  const scene = openScene(t)
  assert.equal(scene.find({ kind: 'file', path: scene.folder }), 'missing')
  assert.match(scene.warnings[0]?.problem ?? '', /regular file/)
})

test('one warning for each change from good to bad, however often it is asked', t => {
  const scene = openScene(t)
  const source = { kind: 'file', path: join(scene.folder, 'key') } as const
  for (let asked = 0; asked < 3; asked += 1) {
    assert.equal(scene.find(source), 'missing')
    scene.later()
  }
  assert.deepEqual(
    scene.warnings.map(({ problem }) => problem),
    ['the file cannot be read (ENOENT)'],
  )
  keyFile(scene, 'sk-one')
  scene.later()
  assert.equal(scene.find(source), 'sk-one')
  rmSync(source.path)
  scene.later()
  assert.equal(scene.find(source), 'missing')
  assert.equal(scene.find(source), 'missing')
  assert.equal(scene.warnings.length, 2)
  assert.deepEqual(scene.warnings[1], {
    provider: 'scripted',
    source: source.path,
    problem: scene.warnings[0]?.problem,
  })
})

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
const jsonWebToken = (claims: object) => `${part({ alg: 'RS256' })}.${part(claims)}.c2ln`
const podToken = jsonWebToken({ aud: ['llm-fallback'], 'kubernetes.io': { namespace: 'shop' } })

test('a policy of the operator cannot have a token of the pod sent to a provider, however its path is spelled', t => {
  const scene = openScene(t, {}, 'operator')
  const file = keyFile(scene, podToken)
  const link = join(scene.folder, 'link')
  symlinkSync(file.path, link)
  for (const path of [file.path, link, `/proc/self/root${file.path}`]) {
    assert.equal(scene.find({ kind: 'file', path }), 'missing', path)
  }
  assert.match(scene.warnings[0]?.problem ?? '', /a token of a ServiceAccount/)
  assert.ok(!JSON.stringify(scene.warnings).includes(podToken))
})

test('the owner of a folder may have it sent, and a token of somebody else is a key like any other', t => {
  const own = openScene(t)
  assert.equal(own.find(keyFile(own, podToken)), podToken)
  const pushed = openScene(t, {}, 'operator')
  const vendorToken = jsonWebToken({ iss: 'https://vendor.example', sub: 'team' })
  assert.equal(pushed.find(keyFile(pushed, vendorToken)), vendorToken)
})

test('a variable is read', t => {
  assert.equal(openScene(t, { KEY: ' sk-env ' }).find({ kind: 'env', name: 'KEY' }), 'sk-env')
})

for (const environment of [{}, { KEY: '' }]) {
  test(`the environment ${JSON.stringify(environment)} has no key, told once`, t => {
    const scene = openScene(t, environment)
    assert.equal(scene.find({ kind: 'env', name: 'KEY' }), 'missing')
    assert.equal(scene.find({ kind: 'env', name: 'KEY' }), 'missing')
    assert.deepEqual(scene.warnings, [
      { provider: 'scripted', source: '$KEY', problem: 'the variable is not set' },
    ])
  })
}

test('a provider without a key, or with the caller’s, has nothing to find', t => {
  const scene = openScene(t)
  assert.equal(scene.find({ kind: 'none' }), 'none')
  assert.equal(scene.find({ kind: 'caller' }), 'none')
})

test('the keys to mask are listed once each, without a way to print them by accident', t => {
  const scene = openScene(t, { A: 'sk-same', B: 'sk-same', C: 'sk-other' })
  for (const name of ['A', 'B', 'C', 'A']) scene.find({ kind: 'env', name })
  const all = scene.credentials.all()
  assert.deepEqual(all.map(key => key.reveal()).sort(), ['sk-other', 'sk-same'])
  assert.doesNotMatch(`${JSON.stringify(all)}${inspect(all)}${String(all)}`, /sk-/)
})
