// What a caller asks of the connection rather than of a model: whether to go on, a tunnel, an answer behind its own end.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import test from 'node:test'
import {
  chatBody,
  rawPost,
  sendRaw,
  statusOf,
  withServer,
} from '../../test/support/inbound/data-server-kit.ts'

const chat = '/v1/chat/completions'
const asking = (path: string, length: number) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: ${length}\r\n\r\n`

test('a caller who asks first is told to go on only when its body is wanted', async () => {
  await withServer({ maxBodyBytes: 1000 }, async ({ port }) => {
    assert.match(
      await sendRaw(port, asking(chat, chatBody.length), '\r\n\r\n'),
      /^HTTP\/1\.1 100 Continue\r\n\r\n$/,
    )
    assert.equal(statusOf(await sendRaw(port, asking(chat, 1001))), 413)
    assert.equal(statusOf(await sendRaw(port, asking('/v1/nothing', 10))), 404)
    assert.equal(
      statusOf(await sendRaw(port, asking(chat, 10).replace('Host: a', 'Host: a\r\nHost: b'))),
      400,
    )
  })
})

test('a tunnel is refused in words that name the mistake', async () => {
  await withServer({}, async ({ port, rejected }) => {
    const answer = await sendRaw(
      port,
      'CONNECT api.openai.com:443 HTTP/1.1\r\nHost: api.openai.com:443\r\n\r\n',
    )
    assert.equal(statusOf(answer), 405)
    assert.match(answer, /"message":"this is no proxy: give its address as the base URL/)
    assert.deepEqual(
      rejected.map(({ code }) => code),
      ['method_not_allowed'],
    )
  })
})

/** Sends the bytes, closes its own side and reads to the end. */
function sayAll(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }, () => socket.end(bytes))
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text
    })
    socket.on('end', () => resolve(received))
    socket.on('error', reject)
  })
}

test('a caller that closes its side behind its request is answered, whatever it asks', async () => {
  await withServer({}, async ({ door, port }) => {
    const { walk } = door
    door.walk = async request => {
      await new Promise(resolve => setTimeout(resolve, 60))
      return walk(request)
    }
    const answer = await sayAll(port, rawPost(chat, chatBody) + rawPost(chat, chatBody))
    const final = answer.replaceAll('HTTP/1.1 100 Continue\r\n\r\n', '')
    assert.equal(statusOf(final), 200)
    assert.equal(final.match(/hello/g)?.length, 2)
    assert.equal(statusOf(await sayAll(port, rawPost(chat, '{'))), 400)
    assert.equal(statusOf(await sayAll(port, rawPost(chat, chatBody).slice(0, -1))), 400)
  })
})

test('a caller that has closed all of its connection is noticed', async () => {
  await withServer({}, async ({ door, port, server }) => {
    const aborted = new Promise<void>(resolve => {
      door.walk = ({ signal }) => new Promise(() => signal.onAbort(resolve))
    })
    const socket = connect(port, '127.0.0.1', () => socket.write(rawPost(chat, chatBody)))
    while (door.sessions.length === 0) await new Promise(resolve => setTimeout(resolve, 5))
    socket.destroy()
    await aborted
    assert.equal(server.inFlight(), 0)
  })
})
