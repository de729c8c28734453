import assert from 'node:assert/strict'
import test from 'node:test'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { rawPost, withServer } from '../../test/support/inbound/data-server-kit.ts'
import { RawClient } from '../../test/support/inbound/raw-client.ts'
import { ScriptedStream, servedStream, stopUnit, textUnit } from '../../test/support/inbound/scripted-door.ts'
import type { Outcome } from '../chain/outcome.ts'
import type { StreamUnit } from '../chain/ports.ts'

const body = JSON.stringify({ contents: [{ role: 'user', parts: [{ text: 'hi' }] }] })
const path = '/v1beta/models/gemini-2.5-pro:streamGenerateContent'
const askArray = rawPost(path, body)
const askEvents = rawPost(`${path}?alt=sse`, body)

/** The body of a chunked answer that is over. */
function bodyOf(answer: string): string {
  const [, ...chunks] = answer.slice(answer.indexOf('\r\n\r\n') + 2).split(/\r\n[0-9a-f]+\r\n/)
  return chunks.join('').replace(/\r\n$/, '')
}

function script(isNative: boolean, run: (stream: ScriptedStream) => void): Outcome {
  return servedStream(new ScriptedStream({ isNative }, run))
}

test('a caller of arrays gets one, with the content type of JSON', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = async () =>
      script(false, stream => {
        stream.chunk(textUnit('hel'), textUnit('lo'))
        stream.chunk(stopUnit)
        stream.consumer.end({ kind: 'complete' })
      })
    const client = new RawClient(port)
    client.send(askArray)
    const answer = await client.sees('\r\n0\r\n\r\n')
    client.leave()
    assert.match(answer, /content-type: application\/json/)
    const elements: { candidates?: { content?: { parts?: { text?: string }[] } }[] }[] = JSON.parse(
      bodyOf(answer),
    )
    const texts = elements.map(one => one.candidates?.[0]?.content?.parts?.[0]?.text ?? '')
    assert.equal(texts.join(''), 'hello')
    assert.equal(door.session.request.model, 'gemini-2.5-pro')
    assert.equal(door.session.request.stream, true)
  })
})

test('the same caller asks for events with alt=sse', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = async () =>
      script(false, stream => {
        stream.chunk(textUnit('hello'), stopUnit)
        stream.consumer.end({ kind: 'complete' })
      })
    const client = new RawClient(port)
    client.send(askEvents)
    const answer = await client.sees('\r\n0\r\n\r\n')
    client.leave()
    assert.match(answer, /content-type: text\/event-stream/)
    assert.match(answer, /^data: \{.*"hello"/m)
  })
})

test('frames of a provider that speaks the same pass on as the bytes they are', async () => {
  await withServer({}, async ({ door, port }) => {
    const pieces = ['[{"candidates" : [1]}', ',\r\n{"x":2}', ']']
    const units = pieces.map((piece): StreamUnit => ({ data: '', parts: [], raw: Buffer.from(piece) }))
    door.walk = async () =>
      script(true, stream => {
        stream.chunk(...units.slice(0, 2))
        stream.chunk(...units.slice(2))
        stream.consumer.end({ kind: 'complete' })
      })
    const client = new RawClient(port)
    client.send(askArray)
    const answer = await client.sees('\r\n0\r\n\r\n')
    client.leave()
    assert.equal(bodyOf(answer), pieces.join(''))
  })
})

test('an array that breaks ends in an error element, behind what was said', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = async () =>
      script(false, stream => {
        stream.chunk(textUnit('half'))
        stream.consumer.end({ kind: 'broken', failure: { kind: 'StreamInterrupted', detail: 'cut' } })
      })
    const client = new RawClient(port)
    client.send(askArray)
    const answer = bodyOf(await client.sees('\r\n0\r\n\r\n'))
    client.leave()
    assert.match(answer, /^\[\{.*"half".*,\s*\{"error":/s)
  })
})

test('what is no event stream is never kept alive with comments', async () => {
  const clock = new FakeClock()
  await withServer({ clock }, async ({ door, port }) => {
    const walk = Promise.withResolvers<Outcome>()
    door.keepAliveMs = 1_000
    door.walk = () => walk.promise
    const client = new RawClient(port)
    client.send(askArray)
    while (door.sessions.length === 0) await new Promise(resolve => setImmediate(resolve))
    await clock.advance(5_000)
    const verdict = { failure: { kind: 'Overloaded' as const, detail: 'busy' }, status: 503, mayRetry: true }
    walk.resolve({ kind: 'exhausted', verdict, trail: [] })
    const answer = await client.sees('"error"')
    client.leave()
    assert.match(answer, /^HTTP\/1\.1 503/)
    assert.doesNotMatch(answer, /keep-alive\n/)
  })
})

test('a stream that is no text is kept for the cache as the answer that it adds up to', async () => {
  await withServer({}, async ({ door, port }) => {
    door.wantsAnswers = true
    door.walk = async () =>
      script(false, stream => {
        stream.chunk(textUnit('hel'), textUnit('lo'), stopUnit)
        stream.consumer.end({ kind: 'complete' })
      })
    const client = new RawClient(port)
    client.send(askArray)
    await client.sees('\r\n0\r\n\r\n')
    client.leave()
    const [kept] = door.session.stored
    assert.ok(kept?.kind === 'whole')
    assert.match(kept.bytes.toString(), /"hello"/)
  })
})

const askCohere = rawPost(
  '/v2/chat',
  JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: 'hi' }] }),
)

test('a stream whose clients miss every error event breaks the connection behind its last words', async () => {
  await withServer({}, async ({ door, port }) => {
    door.walk = async () =>
      script(false, stream => {
        stream.chunk(textUnit('half'))
        stream.consumer.end({ kind: 'broken', failure: { kind: 'StreamInterrupted', detail: 'cut' } })
      })
    const client = new RawClient(port)
    client.send(askCohere)
    const answer = await client.closed()
    assert.match(answer, /"finish_reason":"ERROR"/)
    assert.doesNotMatch(answer, /\[DONE\]/)
    assert.ok(!answer.endsWith('\r\n0\r\n\r\n'), 'the body ended in good order')
    const code = 'stream_interrupted'
    assert.partialDeepStrictEqual(door.session.ends, [{ outcome: 'error', status: 200, code }])
  })
})

test('a stream of InvokeModel says what its frames hold', async () => {
  const body = JSON.stringify({
    anthropic_version: 'bedrock-2023-05-31',
    max_tokens: 5,
    messages: [{ role: 'user', content: 'hi' }],
  })
  await withServer({}, async ({ door, port }) => {
    door.walk = async () => script(false, stream => stream.chunk(textUnit('hello')))
    const client = new RawClient(port)
    client.send(rawPost('/model/m/invoke-with-response-stream', body))
    const answer = await client.sees('\r\n\r\n')
    client.leave()
    assert.match(answer, /\r\ncontent-type: application\/vnd\.amazon\.eventstream\r\n/)
    assert.match(answer, /\r\nx-amzn-bedrock-content-type: application\/json\r\n/)
  })
})
