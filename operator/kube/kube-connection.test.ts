import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { createConnectionSource } from './kube-connection.ts'

const folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'))
after(() => rm(folder, { recursive: true }))
let clock: FakeClock
beforeEach(() => {
  clock = new FakeClock()
})

async function write(
  name: string,
  wish: { server?: string; cluster?: string; user?: string; context?: string },
) {
  const path = join(folder, name)
  const {
    server = 'https://k8s.example:6443/base/',
    cluster = '',
    user = 'token: "t1"',
    context = 'c',
  } = wish
  const text = `apiVersion: v1
kind: Config
current-context: ${context}
clusters: [{name: k, cluster: {server: "${server}"${cluster}}}]
users: [{name: u, user: {${user}}}]
contexts: [{name: c, context: {cluster: k, user: u}}]
`
  await writeFile(path, text)
  return path
}

test('says where the server is, what vouches for it and who we are', async () => {
  const ca = Buffer.from('PEM').toString('base64')
  const path = await write('plain', {
    cluster: `, certificate-authority-data: ${ca}, tls-server-name: inner`,
  })
  const { key: _key, ...connection } = await createConnectionSource(path, clock).current()
  assert.deepEqual(connection, {
    origin: 'https://k8s.example:6443',
    basePath: '/base',
    headers: { authorization: 'Bearer t1' },
    tls: { ca: 'PEM', servername: 'inner' },
  })
})

test('a rotated CA is noticed within seconds, and asks for new sockets', async () => {
  await writeFile(join(folder, 'ca.crt'), 'one')
  const path = await write('rotating', { cluster: ', certificate-authority: ca.crt' })
  const source = createConnectionSource(path, clock)
  const before = await source.current()
  await writeFile(join(folder, 'ca.crt'), 'two')
  assert.equal(await source.current(), before)
  await clock.advance(10_000)
  const now = await source.current()
  assert.equal(now.tls.ca, 'two')
  assert.notEqual(now.key, before.key)
})

test('a token with a line feed at its end can be sent, and a new one is read once the old is not accepted', async () => {
  const token = join(folder, 'token')
  await writeFile(token, 'first\n')
  const path = await write('token-file', {
    user: `auth-provider: {name: tokenFile, config: {tokenFile: "${token}"}}`,
  })
  const source = createConnectionSource(path, clock)
  const before = await source.current()
  assert.equal(before.headers['authorization'], 'Bearer first')
  await writeFile(token, 'second\n')
  await clock.advance(2_000)
  source.forget()
  const now = await source.current()
  assert.equal(now.headers['authorization'], 'Bearer second')
  assert.equal(now.key, before.key, 'a token needs no new sockets')
})

test('several files are read as one', async () => {
  const base = await write('base', { context: 'elsewhere' })
  const other = join(folder, 'other')
  const parts = {
    clusters: [{ name: 'x', cluster: { server: 'https://other' } }],
    users: [{ name: 'y', user: {} }],
  }
  const contexts = [{ name: 'elsewhere', context: { cluster: 'x', user: 'y' } }]
  await writeFile(other, JSON.stringify({ apiVersion: 'v1', kind: 'Config', ...parts, contexts }))
  const { origin } = await createConnectionSource(`${base}:${other}`, clock).current()
  assert.equal(origin, 'https://other')
})

test('what cannot be used is told in a sentence', async () => {
  const proxied = await write('proxied', { cluster: ', proxy-url: "http://p:1"' })
  await assert.rejects(
    createConnectionSource(proxied, clock).current(),
    /has a proxy-url, which the operator does not/,
  )
  const lost = await write('lost', { context: 'nowhere' })
  await assert.rejects(createConnectionSource(lost, clock).current(), /no current context/)
  await assert.rejects(createConnectionSource(join(folder, 'absent'), clock).current(), /absent/)
})

test('a failure to read is not remembered for ever', async () => {
  const path = join(folder, 'late')
  const source = createConnectionSource(path, clock)
  await assert.rejects(source.current())
  await write('late', {})
  await clock.advance(10_000)
  assert.equal((await source.current()).basePath, '/base')
})
