import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { stringify } from 'yaml'
import { chooseRelease, downloadEnvtest } from './download-envtest.ts'

const platform = `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
const newest = `envtest-v1.36.10-${platform}`
let folder: string
let archive: Buffer
let server: Server
let base: string
let asked: readonly string[] = []
let index = ''

function indexWith(sha512: string): string {
  const file = (name: string) => ({
    [`${name}.tar.gz`]: { hash: sha512, selfLink: `${base}/${name}.tar.gz` },
  })
  const versions = ['v1.36.9', 'v1.36.10', 'v1.37.0']
  return stringify({
    releases: Object.fromEntries(versions.map(version => [version, file(`envtest-${version}-${platform}`)])),
  })
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'llm-fallback-envtest-'))
  await mkdir(join(folder, 'controller-tools/envtest'), { recursive: true })
  await writeFile(join(folder, 'controller-tools/envtest/etcd'), 'a program')
  archive = execFileSync('tar', ['-czf', '-', '-C', folder, 'controller-tools'])
  server = createServer((request, response) => {
    asked = [...asked, request.url ?? '']
    response.end(request.url === '/index' ? index : archive)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  base = typeof address === 'object' ? `http://127.0.0.1:${address?.port}` : ''
})
after(async () => {
  server.closeAllConnections()
  server.close()
  await rm(folder, { recursive: true })
})

const download = (cache: string) =>
  downloadEnvtest({ cache: join(folder, cache), index: `${base}/index`, tell: () => undefined })

test('chooses the newest patch of the version that is tested', () => {
  assert.equal(chooseRelease(indexWith('0'))?.name, newest)
  assert.equal(chooseRelease('releases: {}'), undefined)
})

test('unpacks what has the promised digest and asks for it only once', async () => {
  index = indexWith(createHash('sha512').update(archive).digest('hex'))
  const found = await download('good')
  assert.equal(found.kind, 'found')
  assert.equal(await readFile(join(folder, 'good', newest, 'etcd'), 'utf8'), 'a program')
  asked = []
  await download('good')
  assert.deepEqual(asked, ['/index'])
})

test('refuses what has another digest and keeps nothing of it', async () => {
  index = indexWith('00')
  await assert.rejects(download('bad'), /has the SHA-512 [0-9a-f]{128}, but the index of releases says 00/)
  await assert.rejects(readFile(join(folder, 'bad', newest, 'etcd')))
})

test('without a network this way is closed, with the reason', async () => {
  const found = await downloadEnvtest({
    cache: folder,
    index: 'http://127.0.0.1:1/index',
    tell: () => undefined,
  })
  assert.equal(found.kind, 'closed')
})
