import assert from 'node:assert/strict'
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { buildGoProgram, cacheFolder, type GoBuildOptions, type GoProgram } from './build-go-program.ts'
import { findGo } from './find-go.ts'

interface Stage {
  readonly program: GoProgram
  readonly options: GoBuildOptions
  readonly told: string[]
  /** How often the compiler was called. */
  compilations(): Promise<number>
}

/** A compiler that notes its call and writes the file that it was asked for, or does as `script` says. */
const compiler = 'echo "$@" >> "$HOME/calls"; while [ "$1" != -o ]; do shift; done; echo program > "$2"'

async function withStage(
  use: (stage: Stage) => Promise<void>,
  { version = 'go1.26.1', script = compiler } = {},
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-go-'))
  const sources = join(folder, 'sources')
  await mkdir(sources)
  for (const file of ['go.mod', 'go.sum', 'main.go']) await writeFile(join(sources, file), file)
  await writeFile(
    join(folder, 'go'),
    `#!/bin/sh\nif [ "$1" = env ]; then echo ${version}; exit; fi\n${script}\n`,
  )
  await chmod(join(folder, 'go'), 0o755)
  const told: string[] = []
  const environment = { HOME: folder, PATH: `${folder}:/usr/bin:/bin` }
  const stage: Stage = {
    program: { name: 'Tool 1.0', sources, outputs: ['tool', 'other'], ldflags: '-s', cost: 'takes a minute' },
    options: { cache: join(folder, 'cache'), environment, tell: sentence => told.push(sentence) },
    told,
    compilations: async () => (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n').length,
  }
  await use(stage).finally(() => rm(folder, { recursive: true, maxRetries: 5 }))
}

test('builds once, and finds it the next time', () =>
  withStage(async ({ program, options, told, compilations }) => {
    const first = await buildGoProgram({ ...program, ...options })
    const second = await buildGoProgram({ ...program, ...options })
    assert.deepEqual(second, first)
    assert.equal(await compilations(), 1)
    assert.match(told[0] ?? '', /^Building Tool 1\.0 \(tool, other\) .* It happens once, takes a minute\.$/)
    assert.match(told[1] ?? '', /^Built Tool 1\.0 in \d+ s\.$/)
  }))

test('one program is there under every name that it is called by', () =>
  withStage(async ({ program, options }) => {
    const built = await buildGoProgram({ ...program, ...options })
    assert.ok(built.kind === 'found')
    assert.deepEqual(await readdir(built.folder), ['other', 'tool'])
    assert.equal(await readlink(join(built.folder, 'other')), 'tool')
  }))

test('other sources, flags or packages are another program', () =>
  withStage(async ({ program, options, compilations }) => {
    await buildGoProgram({ ...program, ...options })
    await buildGoProgram({ ...program, ...options, ldflags: '-w' })
    await buildGoProgram({ ...program, ...options, mainPackage: 'example.test/tool' })
    await buildGoProgram({ ...program, ...options, gcflags: 'all=-l' })
    await writeFile(join(program.sources, 'go.sum'), 'changed')
    await buildGoProgram({ ...program, ...options })
    await writeFile(join(program.sources, 'second.go'), 'one more file of the same package')
    await buildGoProgram({ ...program, ...options })
    assert.equal(await compilations(), 6)
    assert.equal((await readdir(options.cache)).length, 6)
  }))

test('a build that fails says what the compiler said and leaves nothing behind', () =>
  withStage(
    async ({ program, options }) => {
      await assert.rejects(buildGoProgram({ ...program, ...options }), /ended with 3: no such module/)
      assert.deepEqual(await readdir(options.cache), [])
    },
    { script: 'echo no such module >&2; exit 3' },
  ))

test('an old Go is passed over, and named when there is no other', () =>
  withStage(
    async ({ program, options }) => {
      const found = await findGo(program.sources, options.environment)
      if (found.kind === 'none') assert.match(found.reason, /go is go1\.25\.9, older than go1\.26/)
      // A newer one may lie where the installer of Go puts it.
      else assert.equal(found.path, '/usr/local/go/bin/go')
    },
    { version: 'go1.25.9' },
  ))

test('the cache lies where the user keeps caches, outside the checkout', () => {
  assert.equal(cacheFolder({ XDG_CACHE_HOME: '/c' }, 'helm'), '/c/llm-fallback/helm')
  assert.equal(cacheFolder({ HOME: '/h' }, 'helm'), '/h/.cache/llm-fallback/helm')
})
