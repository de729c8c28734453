import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { arrangeFiles, type ImageFile } from './image-file.ts'
import { writeTar } from './write-tar.ts'

const epoch = new Date(0)

async function bytesOf(files: readonly ImageFile[], modifiedAt = epoch): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of writeTar(files, modifiedAt)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** As the machine's own tar reads it: this writer must not be its own judge. */
function listWithTar(archive: Buffer): readonly string[] {
  const list = execFileSync('tar', ['--numeric-owner', '--utc', '-tvf', '-'], {
    input: archive,
    encoding: 'utf8',
  })
  return list
    .trimEnd()
    .split('\n')
    .map(line => line.replace(/ +/g, ' '))
}

function readWithTar(archive: Buffer, path: string): string {
  return execFileSync('tar', ['-xOf', '-', path.slice(1)], { input: archive, encoding: 'utf8' })
}

test('tar reads modes, owners, times, links and the folders in between', async () => {
  const archive = await bytesOf([
    { kind: 'written', path: '/app/run', content: 'hello', mode: 0o755, owner: { uid: 65_532, gid: 7 } },
    { kind: 'link', path: '/app/alias', target: 'run' },
    { kind: 'folder', path: '/empty', mode: 0o700 },
  ])
  assert.deepEqual(listWithTar(archive), [
    'drwxr-xr-x 0/0 0 1970-01-01 00:00 app/',
    'lrwxrwxrwx 0/0 0 1970-01-01 00:00 app/alias -> run',
    '-rwxr-xr-x 65532/7 5 1970-01-01 00:00 app/run',
    'drwx------ 0/0 0 1970-01-01 00:00 empty/',
  ])
})

test('the order in which files are given changes no byte', async () => {
  const files: readonly ImageFile[] = ['/b', '/a/c', '/a/b', '/Z'].map(path => ({
    kind: 'written',
    path,
    content: path,
  }))
  assert.deepEqual(await bytesOf(files), await bytesOf(files.toReversed()))
})

test('a path of up to 255 bytes is read back, a longer one is refused', async () => {
  const path = `/${'deep-folder-name/'.repeat(12)}file.js`
  assert.equal(readWithTar(await bytesOf([{ kind: 'written', path, content: 'far down' }]), path), 'far down')
  const long: ImageFile = { kind: 'written', path: `/${'x'.repeat(101)}`, content: '' }
  await assert.rejects(bytesOf([long]), /too long a path/)
})

test('a file of the disk is copied whole, whatever its length against the blocks', async context => {
  const folder = await mkdtemp(join(tmpdir(), 'write-tar-'))
  context.after(() => rm(folder, { recursive: true }))
  for (const length of [0, 511, 512, 513]) {
    const source = join(folder, 'source')
    await writeFile(source, 'x'.repeat(length))
    const archive = await bytesOf([
      { kind: 'copied', path: '/a', source },
      { kind: 'written', path: '/b', content: 'after it' },
    ])
    assert.equal(readWithTar(archive, '/a').length, length)
    assert.equal(readWithTar(archive, '/b'), 'after it')
  }
})

test('any contents come back as they went in', async () => {
  const name = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/).filter(text => text !== '.' && text !== '..')
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.uint8Array({ maxLength: 1500 }), { minKeys: 1, noNullPrototype: true }),
      async contents => {
        const entries = Object.entries(contents)
        const archive = await bytesOf(
          entries.map(([path, content]) => ({ kind: 'written', path: `/${path}`, content })),
        )
        assert.equal(archive.length % 512, 0)
        const all = execFileSync('tar', ['-xOf', '-'], { input: archive })
        const sorted = entries.toSorted(([one], [other]) => (one < other ? -1 : 1))
        assert.deepEqual(all, Buffer.concat(sorted.map(([, content]) => content)))
      },
    ),
    { numRuns: 25 },
  )
})

test('two files at one place, a file as a folder and a crooked path are refused', () => {
  const at = (path: string): ImageFile => ({ kind: 'written', path, content: '' })
  assert.throws(() => arrangeFiles([at('/a'), at('/a')]), /two files of one image want to be \/a/)
  assert.throws(() => arrangeFiles([at('/a'), at('/a/b')]), /lies under \/a, which is not a folder/)
  for (const path of ['a', '/a/../b', '/a//b', '/a/', '/']) {
    assert.throws(() => arrangeFiles([at(path)]), /not a place in an image/, path)
  }
})

test('the time of the files is the one that is asked for', async () => {
  const archive = await bytesOf(
    [{ kind: 'written', path: '/a', content: '' }],
    new Date('2026-05-04T03:02:00Z'),
  )
  assert.deepEqual(listWithTar(archive), ['-rw-r--r-- 0/0 0 2026-05-04 03:02 a'])
})
