// What the images hold, and what they must not hold.
import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { type BuiltImage, buildImages } from '../../build/images/build-images.ts'
import { parseRecord, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'
import { skipBuilding } from './own-root.ts'
import { type ImageInTar, readImage } from './read-image.ts'

const skip = skipBuilding
const createdAt = new Date('2026-01-02T03:04:05Z')
const revision = '0123456789abcdef0123456789abcdef01234567'
let folder = ''
let built: readonly BuiltImage[] = []
const images = new Map<string, ImageInTar>()

before(async () => {
  if (skip !== false) return
  folder = await mkdtemp(join(tmpdir(), 'images-layout-'))
  built = await buildImages({ folder, createdAt, revision })
  for (const { file, reference } of built) images.set(programOf(reference), readImage(file))
})
after(() => rm(folder, { recursive: true, force: true }))

function programOf(reference: string): string {
  return /([^/]+):[^:]+$/.exec(reference)?.[1] ?? ''
}

test('there is an image of each program, named as the contract says', { skip }, async () => {
  const { version } = recordOf(parseRecord(await readFile('package.json', 'utf8')))
  assert.deepEqual(
    built.map(({ reference }) => reference),
    [`ghcr.io/llm-fallback/operator:${version}`, `ghcr.io/llm-fallback/sidecar:${version}`],
  )
})

test('both images share the layer of the runtime', { skip }, () => {
  const [operator, sidecar] = [...images.values()]
  assert.equal(sidecar?.layerDigests.length, 2)
  assert.equal(sidecar?.layerDigests[0], operator?.layerDigests[0])
  assert.notEqual(sidecar?.layerDigests[1], operator?.layerDigests[1])
})

test('the programs start without a shell, as a user with a number that is not root', { skip }, () => {
  for (const [program, { config }] of images) {
    const { User, Entrypoint } = recordOf(config['config'])
    assert.equal(User, '65532:65532')
    assert.ok(Array.isArray(Entrypoint))
    assert.equal(Entrypoint[0], '/usr/local/bin/node')
    assert.equal(Entrypoint.at(-1), `/app/${program}.js`)
  }
})

test('the labels say what the image is and what it was made of', { skip }, () => {
  for (const [program, { config }] of images) {
    const labels = recordOf(recordOf(config['config'])['Labels'])
    const label = (name: string) => labels[`org.opencontainers.image.${name}`]
    assert.equal(label('title'), `llm-fallback ${program}`)
    assert.equal(label('licenses'), 'Apache-2.0')
    assert.equal(label('revision'), revision)
    assert.equal(label('created'), '2026-01-02T03:04:05.000Z')
    assert.match(textOf(label('version')) ?? '', /^\d+\.\d+\.\d+/)
    for (const name of ['description', 'source']) assert.ok(textOf(label(name)), name)
  }
})

test('the images hold the program, its compiled code and nothing to work with for an intruder', {
  skip,
}, () => {
  for (const [program, { entries }] of images) {
    const paths = entries.map(({ path }) => path)
    for (const path of ['/usr/local/bin/node', `/app/${program}.js`, `/app/${program}-program.js`]) {
      assert.ok(paths.includes(path), path)
    }
    assert.ok(paths.some(path => path.startsWith(`/app/.compile-cache/${program}/`) && !path.endsWith('/')))
    const tools =
      /\/(?:(?:ba|da|z)?sh|busybox|env|npm|npx|corepack|yarn|apt|apt-get|dpkg|apk|rpm|curl|wget|perl|python3?)$/
    assert.deepEqual(
      paths.filter(path => tools.test(path)),
      [],
    )
    assert.deepEqual(
      paths.filter(path => /\.map$|node_modules/.test(path)),
      [],
    )
  }
})

test('Node and its libraries are the only things that can be run, and nobody but root can change anything', {
  skip,
}, () => {
  for (const { entries } of images.values()) {
    const files = entries.filter(({ mode }) => mode.startsWith('-'))
    const executable = files.filter(({ mode }) => mode.includes('x')).map(({ path }) => path)
    assert.deepEqual(
      executable.filter(path => !/^\/usr\/local\/bin\/node$|\/(?:lib|ld-)[\w+.-]+$/.test(path)),
      [],
    )
    const solid = entries.filter(({ mode }) => !mode.startsWith('l'))
    assert.deepEqual(
      solid.filter(({ mode }) => /[sStT]/.test(mode) || mode.slice(4).includes('w')),
      [],
    )
    assert.deepEqual(
      entries.filter(({ owner }) => owner !== '0/0'),
      [],
    )
  }
})

test('the licence of whatever is copied lies in the image', { skip }, () => {
  for (const { entries } of images.values()) {
    const paths = entries.map(({ path }) => path)
    const copyrights = ['libc6', 'libstdc++6', 'libgcc-s1'].map(name => `/usr/share/doc/${name}/copyright`)
    const others = ['/usr/share/doc/node/LICENSE', '/usr/share/doc/llm-fallback/third-party-licences.txt']
    for (const path of [...copyrights, ...others, '/usr/share/common-licenses/GPL-3']) {
      assert.ok(paths.includes(path), path)
    }
  }
})

test('the list of contents names Node, the libraries and the packages that are really in the bundle', {
  skip,
}, async () => {
  const listed = async (program: string) => {
    const document = recordOf(parseRecord(await readFile(join(folder, `${program}.sbom.json`), 'utf8')))
    return recordsOf(document['packages']).map(({ name }) => textOf(name) ?? '')
  }
  const [sidecar, operator] = [await listed('sidecar'), await listed('operator')]
  for (const name of ['node', 'libc6', 'libstdc++6', 'libgcc-s1', 'fastify', 'undici']) {
    assert.ok(sidecar.includes(name) && operator.includes(name), name)
  }
  assert.ok(operator.includes('@kubernetes/client-node') && !sidecar.includes('@kubernetes/client-node'))
  // In the lockfile's production part, but nothing calls it.
  assert.ok(!operator.includes('tar-fs'))
})

test('a second build of the same sources is the same image', { skip }, async () => {
  const again = await buildImages({ folder: join(folder, 'again'), createdAt, revision })
  assert.deepEqual(
    again.map(({ digest }) => digest),
    built.map(({ digest }) => digest),
  )
})
