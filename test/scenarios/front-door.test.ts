// Raw bytes against the real process: what must not come in does not come in, and the door stays open for others.
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { chatText } from '../support/ask.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { chat } from './wire.ts'

const body = '{"model":"any","messages":[{"role":"user","content":"Hello"}]}'
const head = (lines: readonly string[], start = 'POST /v1/chat/completions HTTP/1.1') =>
  `${[start, ...lines].join('\r\n')}\r\n\r\n`
const sized = (more: readonly string[] = []) => [
  'host: localhost',
  'content-type: application/json',
  `content-length: ${body.length}`,
  ...more,
]

const refused: readonly (readonly [string, string])[] = [
  ['two Host headers', head(sized(['host: other'])) + body],
  ['no Host header', head(sized().slice(1)) + body],
  ['an absolute target', head(sized(), 'POST http://evil/v1/chat/completions HTTP/1.1') + body],
  ['transfer-encoding gzip, chunked', `${head(['host: a', 'transfer-encoding: gzip, chunked'])}0\r\n\r\n`],
  ['content-length with transfer-encoding', `${head(sized(['transfer-encoding: chunked']))}0\r\n\r\n`],
  ['two content-lengths', head(sized([`content-length: ${body.length}`])) + body],
  ['HTTP/1.0', head(sized(), 'POST /v1/chat/completions HTTP/1.0') + body],
  ['a fragment in the target', head(sized(), 'POST /v1/chat/completions#x HTTP/1.1') + body],
  ['encoded dots in the path', head(sized(), 'POST /v1/%2e%2e/v1/chat/completions HTTP/1.1') + body],
  ['encoded slashes in the path', head(sized(), 'POST /v1/chat%2fcompletions HTTP/1.1') + body],
  ['a body on GET', head(sized(), 'GET /v1/models HTTP/1.1') + body],
  ['a compressed body', head(sized(['content-encoding: gzip'])) + body],
  ['a header of 20 KB', head(sized([`x-long: ${'a'.repeat(20_000)}`])) + body],
  ['a bare line feed in the head', head(sized()).replaceAll('\r\n', '\n') + body],
  ['a folded header', head(sized(['x-folded: one', ' two'])) + body],
]

let stage: Stage
before(async () => {
  stage = await openStage({ routes: [twoSteps('any')], environment: { LLM_FALLBACK_MAX_BODY: '64KiB' } })
})
after(() => stage.close())

/** Sends the bytes and returns what came until the other side closed or answered whole. */
function exchange(bytes: string): Promise<string> {
  const { hostname, port } = new URL(stage.sidecar.url)
  return new Promise((resolve, reject) => {
    let received = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.write(bytes))
    const finish = () => {
      socket.destroy()
      resolve(received)
    }
    socket.setTimeout(5_000, () => reject(new Error(`no answer; so far: ${received}`)))
    socket.setEncoding('utf8').on('data', (text: string) => {
      received += text
      if (received.includes('\r\n\r\n')) finish()
    })
    socket.on('close', finish)
    socket.on('error', finish)
  })
}

describe('refuses', () => {
  for (const [name, bytes] of refused) {
    test(name, async () => {
      const asked = stage.first.requests.length
      const answer = await exchange(bytes)
      assert.match(answer, /^HTTP\/1\.1 4\d\d /)
      assert.equal(stage.first.requests.length, asked)
    })
  }
})

test('a body over the limit is refused in the dialect’s shape', async () => {
  const answer = await stage.ask({ model: 'any', content: 'x'.repeat(70_000) })
  assert.equal(answer.status, 413)
  assert.partialDeepStrictEqual(answer.json, { error: { type: 'llm_fallback_error' } })
})

test('a body that is not JSON is refused and tells where', async () => {
  const text = '{"model": "any", "messages": [}'
  const answer = await fetch(`${stage.sidecar.url}/v1/chat/completions`, { method: 'POST', body: text })
  assert.equal(answer.status, 400)
  assert.match(await answer.text(), /JSON/)
})

test('a body that is too deep is refused', async () => {
  const deep = '['.repeat(300) + ']'.repeat(300)
  const answer = await fetch(`${stage.sidecar.url}/v1/chat/completions`, {
    method: 'POST',
    body: `{"model":"any","messages":[],"x":${deep}}`,
  })
  assert.equal(answer.status, 400)
})

test('paths of a vendor that are not served say so by name', async () => {
  for (const path of ['/v1/images/generations', '/v1/responses/resp_1/cancel', '/v1/audio/speech']) {
    const answer = await fetch(`${stage.sidecar.url}${path}`, { method: 'POST', body: '{}' })
    assert.equal(answer.status, 501, path)
    assert.match(await answer.text(), /not.supported.yet/)
  }
})

test('unknown paths and methods get an answer in the caller’s shape', async () => {
  const unknown = await fetch(`${stage.sidecar.url}/v1/nothing`)
  assert.equal(unknown.status, 404)
  const method = await fetch(`${stage.sidecar.url}/v1/chat/completions`, { method: 'PUT' })
  assert.equal(method.status, 405)
  const anthropic = await fetch(`${stage.sidecar.url}/v1/nothing`, {
    headers: { 'anthropic-version': '2023-06-01' },
  })
  assert.partialDeepStrictEqual(await anthropic.json(), { type: 'error' })
})

test('the paths work without /v1 too', async () => {
  stage.first.script(chat('short'))
  const answer = await fetch(`${stage.sidecar.url}/chat/completions`, { method: 'POST', body })
  assert.match(await answer.text(), /short/)
})

test('after all of this the door is still open', async () => {
  stage.first.script(chat('welcome'))
  assert.equal(chatText(await stage.ask({ model: 'any' })), 'welcome')
})
