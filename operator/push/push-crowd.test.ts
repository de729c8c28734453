// Somebody in the cluster who opens connections and has nothing to say.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectTcp } from 'node:net'
import { type TestContext, test } from 'node:test'
import { connect, type TLSSocket } from 'node:tls'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { SamplePushServer } from './sample-push-server.ts'

const read = (name: string) =>
  readFileSync(new URL(`../../test/support/tls/${name}`, import.meta.url), 'utf8')
const certificate = { cert: read('provider.pem'), key: read('provider.key') }
const tls = { certificate, ca: read('ca.pem'), servername: 'provider.test' }
const share = 4

async function start(context: TestContext) {
  const clock = new FakeClock()
  const push = new SamplePushServer({ clock, ...tls, limits: { mostSilentPerAddress: share } })
  await push.listen()
  const silent: TLSSocket[] = []
  context.after(async () => {
    for (const socket of silent) socket.destroy()
    const drained = push.server.drain()
    await clock.advance(10_000)
    await drained
  })
  return {
    push,
    clock,
    /** Whether the handshake came to its end. */
    async openSilently(localAddress: string): Promise<boolean> {
      const { port, ca, servername } = push.target
      const plain = connectTcp({ port, host: '127.0.0.1', localAddress })
      const socket = connect({ socket: plain, ca, servername })
      silent.push(socket)
      socket.on('error', () => undefined)
      return once(socket, 'secureConnect').then(
        () => true,
        () => false,
      )
    },
  }
}

test('silent connections of one address leave the places of the others', async context => {
  const { push, openSilently } = await start(context)
  for (let opened = 0; opened < share; opened += 1) assert.ok(await openSilently('127.0.0.2'))
  for (let more = 0; more < share; more += 1) assert.ok(!(await openSilently('127.0.0.2')))
  assert.equal((await push.connect('a')).status, 200)
})

test('streams do not count: many sidecars may have one address', async context => {
  const { push, openSilently } = await start(context)
  for (let sidecar = 0; sidecar < 3 * share; sidecar += 1) {
    assert.equal((await push.connect(`pod-${sidecar}`)).status, 200)
  }
  assert.ok(await openSilently('127.0.0.1'))
})

test('silence ends, and with it what it has taken', async context => {
  const { clock, openSilently } = await start(context)
  for (let opened = 0; opened < share; opened += 1) await openSilently('127.0.0.2')
  assert.ok(!(await openSilently('127.0.0.2')))
  await clock.advance(11_000)
  for (;;) if (await openSilently('127.0.0.2')) break
})
