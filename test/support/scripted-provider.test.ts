import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import {
  custom,
  early,
  respond,
  type ScriptedProvider,
  silence,
  startScriptedProvider,
  stream,
} from './scripted-provider.ts'

async function open(t: TestContext): Promise<ScriptedProvider> {
  const provider = await startScriptedProvider()
  t.after(() => provider.close())
  return provider
}

/** Sends raw bytes piece by piece and collects what comes until it fits. */
async function talk(port: number, pieces: readonly string[], until: RegExp): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8').setNoDelay(true)
  await once(socket, 'connect')
  let text = ''
  const fits = new Promise<void>(resolve => {
    socket.on('data', (piece: string) => {
      text += piece
      if (until.test(text)) resolve()
    })
    socket.once('close', () => resolve())
  })
  for (const piece of pieces) await new Promise(resolve => socket.write(piece, () => setImmediate(resolve)))
  await fits
  socket.destroy()
  return text
}

test('handlers are taken in order, and when none is left it says so', async t => {
  const provider = await open(t)
  provider.script(respond({ text: 'one' }), respond({ status: 429, text: 'two' }))
  const answers = []
  for (let asked = 0; asked < 3; asked += 1) {
    const answer = await fetch(provider.url, { method: 'POST', body: 'x' })
    answers.push([answer.status, (await answer.text()).slice(0, 3)])
  }
  assert.deepEqual(answers, [
    [200, 'one'],
    [429, 'two'],
    [500, '{"e'],
  ])
})

test('a request is recorded whatever way its body comes', async t => {
  const provider = await open(t)
  provider.script(respond({ text: 'a' }), respond({ text: 'b' }))
  const withLength =
    'POST /a HTTP/1.1\r\nHost: x\r\nX-Twice: 1\r\nx-twice: 2\r\ncontent-length: 5\r\n\r\nhello'
  const inChunks =
    'POST /b HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n'
  await talk(provider.port, [...`${withLength}${inChunks}`], /b$/)
  const seen = provider.requests.map(({ path, body, bodyBytes, connection }) => ({
    path,
    body,
    bodyBytes,
    connection,
  }))
  assert.deepEqual(seen, [
    { path: '/a', body: 'hello', bodyBytes: 5, connection: 1 },
    { path: '/b', body: 'hello', bodyBytes: 5, connection: 1 },
  ])
  assert.equal(provider.requests[0]?.headers['x-twice'], '1, 2')
  assert.match(provider.requests[0]?.rawHead ?? '', /^POST \/a HTTP\/1\.1\r\nHost: x\r\nX-Twice: 1/)
})

test('a stream keeps its chunk borders, waits and ends', async t => {
  const provider = await open(t)
  provider.script(
    stream(['ab', { waitMs: 1 }, Buffer.from('c'), { waitFor: Promise.resolve() }, 'end', 'never']),
  )
  const text = await talk(provider.port, ['GET / HTTP/1.1\r\n\r\n'], /0\r\n\r\n$/)
  assert.match(text, /\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n$/)
})

test('an early answer does not wait for the body', async t => {
  const provider = await open(t)
  provider.script(early(respond({ status: 413, text: 'too large' })))
  const text = await talk(provider.port, ['POST / HTTP/1.1\r\ncontent-length: 1000\r\n\r\nabc'], /too large$/)
  assert.match(text, /^HTTP\/1\.1 413/)
  assert.equal(provider.requests[0]?.body, 'abc')
})

test('closing ends silent answers, waits and connections', async t => {
  const provider = await open(t)
  const signals: AbortSignal[] = []
  provider.script(
    silence(),
    stream(['a', { waitMs: 60_000 }]),
    custom((_socket, _request, signal) => void signals.push(signal)),
  )
  const asked = [1, 2, 3].map(() => fetch(provider.url).then(answer => answer.text()))
  const ends = Promise.allSettled(asked)
  while (signals.length === 0) await new Promise(setImmediate)
  await provider.close()
  await provider.close()
  for (const end of await ends) assert.equal(end.status, 'rejected')
  assert.deepEqual(
    signals.map(signal => signal.aborted),
    [true],
  )
})
