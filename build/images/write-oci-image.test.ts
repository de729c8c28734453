import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { packLayer } from './pack-layer.ts'
import { type ImageOrder, writeOciImage } from './write-oci-image.ts'

const order: Omit<ImageOrder, 'file'> = {
  reference: 'registry.example/team/app:1.2.3',
  files: [{ kind: 'written', path: '/app/main.js', content: 'run()' }],
  config: { User: '65532:65532', Entrypoint: ['/usr/local/bin/node', '/app/main.js'] },
  labels: { 'org.opencontainers.image.title': 'app' },
  architecture: 'x64',
}

async function createFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'write-oci-image-'))
  context.after(() => rm(folder, { recursive: true }))
  return folder
}

function readBlob(file: string, digest: string): Buffer {
  return execFileSync('tar', ['-xOf', file, `blobs/${digest.replace(':', '/')}`])
}

function readDocument(file: string, path: string) {
  return JSON.parse(execFileSync('tar', ['-xOf', file, path], { encoding: 'utf8' }))
}

test('every blob lies under its own digest, from the index down to the files', async context => {
  const file = join(await createFolder(context), 'app.tar')
  const base = await packLayer([{ kind: 'written', path: '/etc/passwd', content: 'root\n' }])
  const image = await writeOciImage({ ...order, file, base: [base] })
  const [entry] = readDocument(file, 'index.json').manifests
  assert.equal(entry.digest, image.digest)
  assert.deepEqual(entry.annotations, {
    'io.containerd.image.name': order.reference,
    'org.opencontainers.image.ref.name': '1.2.3',
  })
  const manifest = JSON.parse(readBlob(file, entry.digest).toString())
  const config = JSON.parse(readBlob(file, manifest.config.digest).toString())
  for (const { digest, size } of [entry, manifest.config, ...manifest.layers]) {
    const blob = readBlob(file, digest)
    assert.equal(`sha256:${createHash('sha256').update(blob).digest('hex')}`, digest)
    assert.equal(blob.length, size)
  }
  const tars = manifest.layers.map(({ digest }: { digest: string }) => gunzipSync(readBlob(file, digest)))
  assert.deepEqual(
    tars.map((tar: Buffer) => `sha256:${createHash('sha256').update(tar).digest('hex')}`),
    config.rootfs.diff_ids,
  )
  assert.equal(
    execFileSync('tar', ['-xOf', '-', 'app/main.js'], { input: tars[1], encoding: 'utf8' }),
    'run()',
  )
})

test('the configuration says who runs what, and with which labels', async context => {
  const file = join(await createFolder(context), 'app.tar')
  await writeOciImage({ ...order, file })
  const [{ Config, RepoTags }] = readDocument(file, 'manifest.json')
  const config = readDocument(file, Config)
  assert.deepEqual(RepoTags, [order.reference])
  assert.deepEqual(config.config, { ...order.config, Labels: order.labels })
  assert.equal(config.architecture, 'amd64')
  assert.equal(config.os, 'linux')
})

test('the same order makes the same bytes, another one another digest', async context => {
  const folder = await createFolder(context)
  const [one, other, third] = ['one.tar', 'other.tar', 'third.tar'].map(name => join(folder, name))
  assert.ok(one !== undefined && other !== undefined && third !== undefined)
  const first = await writeOciImage({ ...order, file: one })
  const second = await writeOciImage({ ...order, file: other })
  const changed = await writeOciImage({ ...order, file: third, labels: { more: 'labels' } })
  assert.equal(first.digest, second.digest)
  assert.deepEqual(await readFile(one), await readFile(other))
  assert.notEqual(changed.digest, first.digest)
})

test('an image that cannot be written leaves nothing behind', async context => {
  const folder = await createFolder(context)
  const files = [{ kind: 'copied', path: '/gone', source: join(folder, 'nothing-here') }] as const
  await assert.rejects(writeOciImage({ ...order, file: join(folder, 'app.tar'), files }), /nothing-here/)
  assert.deepEqual(await readdir(folder), [])
})

test('a reference without a tag is refused', async context => {
  const file = join(await createFolder(context), 'app.tar')
  await assert.rejects(writeOciImage({ ...order, file, reference: 'localhost:5000/app' }), /has no tag/)
})
