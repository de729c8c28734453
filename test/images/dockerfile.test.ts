// The Dockerfile makes the images that `npm run images` makes. No engine is needed to see that.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { configOf, labelsOf } from '../../build/images/build-images.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { parseRecord, recordOf, textOf } from '../support/simulated-vendors/json.ts'
import { skipBuilding } from './own-root.ts'
import { readDockerfile, restsOf, type Stage } from './read-dockerfile.ts'

const readText = (path: string) => readFile(join(repositoryRoot, path), 'utf8')
const stages = readDockerfile(await readText('Dockerfile'))
/** How a Dockerfile writes the value of an argument. */
const inserted = (name: string) => ['$', '{', name, '}'].join('')
const programs = ['sidecar', 'operator'] as const

function stageOf(name: string): Stage {
  const stage = stages.find(one => one.name === name)
  assert.ok(stage, `the Dockerfile has no stage "${name}"`)
  return stage
}

test('every base is pinned by its digest, or empty', () => {
  const loose = stages.filter(
    ({ base }) => base !== 'scratch' && !/^[^@]+:[^@]+@sha256:[0-9a-f]{64}$/.test(base),
  )
  assert.deepEqual(loose, [])
})

test('the programs are compiled by the version of Node that they are tested and shipped with', async () => {
  const manifest = recordOf(parseRecord(await readText('package.json')))
  const version = textOf(recordOf(manifest['devDependencies'])['node'])
  assert.match(stageOf('build').base, new RegExp(`^node:${version}-bookworm-slim@`))
})

test('each target starts as the written image does', () => {
  for (const program of programs) {
    const stage = stageOf(program)
    const { User, Entrypoint, Env } = configOf(program)
    assert.deepEqual(restsOf(stage, 'USER'), [User])
    assert.deepEqual(restsOf(stage, 'ENV'), Env)
    assert.deepEqual(
      restsOf(stage, 'ENTRYPOINT').map(text => JSON.parse(text)),
      [Entrypoint],
    )
    assert.deepEqual(restsOf(stage, 'RUN'), [], 'there is nothing in the stage that could run it')
  }
})

test('each target has the files of the written image: the runtime first, then its own', () => {
  const [laidOut] = restsOf(stageOf('build'), 'RUN').filter(text => text.includes('lay-out.ts'))
  assert.deepEqual(JSON.parse(laidOut ?? ''), [
    'node_modules/.bin/node',
    'build/images/lay-out.ts',
    '/layout',
  ])
  for (const program of programs) {
    assert.deepEqual(restsOf(stageOf(program), 'COPY'), [
      '--from=build /layout/runtime/ /',
      `--from=build /layout/${program}/ /`,
    ])
  }
})

test('each target has the labels of the written image; version and revision are given to the build', () => {
  for (const program of programs) {
    const stage = stageOf(program)
    const [text = ''] = restsOf(stage, 'LABEL')
    const labels = Object.fromEntries(
      [...text.matchAll(/(\S+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
    )
    const { 'org.opencontainers.image.created': created, ...wanted } = labelsOf(program, {
      version: inserted('VERSION'),
      revision: inserted('REVISION'),
      createdAt: new Date(0),
    })
    assert.ok(created, 'only the engine knows when it builds')
    assert.deepEqual(labels, wanted)
    assert.deepEqual(restsOf(stage, 'ARG'), ['VERSION=unknown', 'REVISION=unknown'])
  }
})

test('the context is enough for the layout that the stages copy', { skip: skipBuilding }, async context => {
  const folder = await mkdtemp(join(tmpdir(), 'images-context-'))
  context.after(() => rm(folder, { recursive: true }))
  const kept = (await readText('.dockerignore')).split('\n').flatMap(line => /^!(.+)$/.exec(line)?.[1] ?? [])
  const copied = spawnSync('cp', ['-r', ...kept, folder], { cwd: repositoryRoot, encoding: 'utf8' })
  assert.equal(copied.status, 0, copied.stderr)
  await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'))
  const built = spawnSync(process.execPath, ['build/images/lay-out.ts', 'layout'], {
    cwd: folder,
    encoding: 'utf8',
  })
  assert.equal(built.status, 0, built.stderr)
  for (const path of ['runtime/usr/local/bin/node', 'sidecar/app/sidecar.js', 'operator/app/operator.js']) {
    assert.ok(existsSync(join(folder, 'layout', path)), path)
  }
})
