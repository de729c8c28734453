// The files of an image are enough: the programs run with them as their whole world, which they cannot change.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, type TestContext, test } from 'node:test'
import { buildImages, configOf } from '../../build/images/build-images.ts'
import { eventually } from '../support/eventually.ts'
import { skipRunning } from './own-root.ts'
import { extractImage } from './read-image.ts'
import { type RootedProgram, startInRoot, stateFolder, waitForAddress } from './start-in-root.ts'

const policy = `
apiVersion: llmfallback.io/v1alpha1
kind: FallbackPolicy
metadata: {name: imaged}
spec: {routes: [{name: all, chain: [{name: floor, manual: {text: "from the image"}}]}]}
`
const skip = skipRunning
/** The image's user, and one that OpenShift would give. */
const users = { image: 65_532, another: 1_000_650_000 }
let folder = ''

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'images-run-'))
  if (skip !== false) return
  for (const { file, reference } of await buildImages({ folder, createdAt: new Date(0) })) {
    await extractImage(file, rootOf(reference.includes('/operator:') ? 'operator' : 'sidecar'))
  }
  await mkdir(join(rootOf('sidecar'), 'policies'))
  await writeFile(join(rootOf('sidecar'), 'policies/policy.yaml'), policy)
  await writeFile(join(rootOf('sidecar'), 'etc/hosts'), '127.0.0.1 localhost\n10.9.8.7 a.neighbour\n')
})
after(() => rm(folder, { recursive: true, force: true }))

function rootOf(program: string): string {
  return join(folder, `${program}-root`)
}

interface Start {
  readonly user: number
  readonly environment?: Readonly<Record<string, string>>
}

async function startSidecar(context: TestContext, { user, environment }: Start): Promise<RootedProgram> {
  const sidecar = await startInRoot({
    root: rootOf('sidecar'),
    user,
    entrypoint: configOf('sidecar').Entrypoint,
    environment: {
      LLM_FALLBACK_LISTEN: '127.0.0.1:0',
      LLM_FALLBACK_ADMIN_LISTEN: '127.0.0.1:0',
      LLM_FALLBACK_POLICY_DIR: '/policies',
      NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
      ...environment,
    },
  })
  context.after(() => sidecar.stop())
  return sidecar
}

async function waitUntilReady(sidecar: RootedProgram): Promise<void> {
  const admin = await waitForAddress(sidecar, 'admin')
  await eventually('the sidecar is ready', async () => {
    const answer = await fetch(`http://${admin}/readyz`)
    await answer.body?.cancel()
    return answer.ok ? true : undefined
  })
}

test('the sidecar serves from a root that it cannot write to, as the user of the image', {
  skip,
}, async context => {
  const sidecar = await startSidecar(context, { user: users.image })
  await waitUntilReady(sidecar)
  const status = await readFile(`/proc/${sidecar.pid}/status`, 'utf8')
  assert.match(status, /^Uid:\t65532\t65532\t65532\t65532$/m)
  const mounts = await readFile(`/proc/${sidecar.pid}/mountinfo`, 'utf8')
  assert.match(mounts, /^\S+ \S+ \S+ \S+ \/ ro,/m, 'the root can be written to')
  assert.match(await readFile(`/proc/${sidecar.pid}/cmdline`, 'utf8'), /--heap-growing-percent/)
  const answer = await fetch(`http://${await waitForAddress(sidecar, 'data')}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
  })
  assert.match(await answer.text(), /from the image/)
  assert.equal(await sidecar.stop(), 0)
})

const accepted = /code cache for ESM .*sidecar-program\.js was accepted/

test('the compiled code in the image is found by the user of the image', { skip }, async context => {
  const sidecar = await startSidecar(context, { user: users.image })
  await waitUntilReady(sidecar)
  assert.match(sidecar.stderr(), accepted)
})

test('with a folder for state, any user on any processor finds the compiled code', {
  skip,
}, async context => {
  // Node names the folder of the cache after what the processor can do: this one was filled elsewhere.
  const cache = join(rootOf('sidecar'), 'app/.compile-cache/sidecar')
  const [kept = ''] = await readdir(cache)
  const foreign = kept.replace(/-[0-9a-f]{8}-/, '-00000000-')
  assert.notEqual(foreign, kept)
  await rename(join(cache, kept), join(cache, foreign))
  context.after(() => rename(join(cache, foreign), join(cache, kept)))
  const sidecar = await startSidecar(context, {
    user: users.another,
    environment: { LLM_FALLBACK_STATE_DIR: stateFolder },
  })
  await waitUntilReady(sidecar)
  assert.match(sidecar.stderr(), accepted)
  assert.equal(await sidecar.stop(), 0)
})

test('without one another user starts as well, without compiled code', { skip }, async context => {
  const sidecar = await startSidecar(context, { user: users.another })
  await waitUntilReady(sidecar)
  assert.doesNotMatch(sidecar.stderr(), accepted)
  assert.equal(await sidecar.stop(), 0)
})

test('the operator starts from its image and refuses a wrong setting in words', { skip }, async context => {
  const operator = await startInRoot({
    root: rootOf('operator'),
    user: users.image,
    entrypoint: configOf('operator').Entrypoint,
    environment: { LLM_FALLBACK_ADMIN_LISTEN: 'nowhere', NODE_DEBUG_NATIVE: 'COMPILE_CACHE' },
  })
  context.after(() => operator.stop())
  await eventually('the operator refuses', () =>
    /LLM_FALLBACK_ADMIN_LISTEN/.test(operator.stderr()) ? true : undefined,
  )
  await eventually('the compiled code is found', () =>
    /was accepted/.test(operator.stderr()) ? true : undefined,
  )
})

test('names are looked up in the hosts file that a kubelet writes', { skip }, async context => {
  const lookUp =
    "require('node:dns').lookup('a.neighbour', (error, address) => console.log(error ?? address))"
  const program = await startInRoot({
    root: rootOf('sidecar'),
    user: users.image,
    entrypoint: ['/usr/local/bin/node', '-e', lookUp],
    environment: {},
  })
  context.after(() => program.stop())
  const answer = await eventually('there is an answer', () => program.stdout() || undefined)
  assert.equal(answer.trim(), '10.9.8.7')
})

test('nothing was written into the root', { skip }, async () => {
  const [version = '', ...more] = await readdir(join(rootOf('sidecar'), 'app/.compile-cache/sidecar'))
  assert.match(version, /-65532$/)
  assert.deepEqual(more, [])
})
