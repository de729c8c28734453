import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages, chatText, dataOf } from '../support/ask.ts'
import { stream } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import {
  chat,
  chatChunk,
  closingChunk,
  doneMarker,
  eventStreamHeaders,
  failWith,
  openingChunk,
  wholeStream,
  words,
} from './wire.ts'

const headers = eventStreamHeaders
const hurried = { timeout: { firstToken: '300ms', idle: '300ms', total: '5s' } }

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      twoSteps('plain'),
      twoSteps('hurried', hurried),
      { ...twoSteps('kept-alive', { timeout: { firstToken: '700ms' } }), streaming: { keepAlive: '100ms' } },
      {
        ...twoSteps(
          'kept-alive-lost',
          { timeout: { firstToken: '400ms' } },
          { timeout: { firstToken: '400ms' } },
        ),
        streaming: { keepAlive: '100ms' },
      },
    ],
  })
})
after(() => stage.close())

const ask = (model: string, more: Readonly<Record<string, unknown>> = {}) =>
  stage.ask({ model, stream: true, more })

test('a whole stream passes through event by event and ends with its marker', async () => {
  stage.first.script(stream(wholeStream('one ', 'two'), { headers }))
  const answer = await ask('plain')
  assert.equal(answer.headers.get('content-type')?.startsWith('text/event-stream'), true)
  assert.equal(answer.text, wholeStream('one ', 'two').join(''))
  assert.equal(answer.verdict.served?.step, 'primary')
})

test('no chunk border changes what the caller reads', async () => {
  const bytes = Buffer.from(wholeStream('zwölf ', 'Bären 🐻').join('').replaceAll('\n', '\r\n'))
  const single = Array.from(bytes, byte => Buffer.from([byte]))
  stage.first.script(stream(single, { headers }))
  const answer = await ask('plain')
  assert.equal(chatText(answer), 'zwölf Bären 🐻')
  assert.equal(dataOf(answer.text).at(-1), '[DONE]')
})

test('a stream that breaks before its first content is rescued', async () => {
  stage.first.script(stream([openingChunk, 'reset'], { headers }))
  stage.second.script(stream(wholeStream('rescued'), { headers }))
  const answer = await ask('plain')
  assert.equal(chatText(answer), 'rescued')
  assert.equal(answer.verdict.hop, 1)
  assert.equal(answer.verdict.reason, 'stream_interrupted')
})

test('an error in the first event is rescued', async () => {
  const inBand = `data: ${JSON.stringify({ error: { message: 'x', type: 'server_error', code: null } })}\n\n`
  stage.first.script(stream([inBand, 'end'], { headers }))
  stage.second.script(stream(wholeStream('rescued'), { headers }))
  assert.equal(chatText(await ask('plain')), 'rescued')
})

test('silence after the headers is rescued when the first token is due', async () => {
  stage.first.script(stream([openingChunk, 'hang'], { headers }))
  stage.second.script(stream(wholeStream('rescued'), { headers }))
  const answer = await ask('hurried')
  assert.equal(chatText(answer), 'rescued')
  assert.equal(answer.verdict.reason, 'timeout')
})

test('does not fall back once content has been sent, and never ends cleanly', async () => {
  const asked = stage.second.requests.length
  stage.first.script(stream([openingChunk, ...words('half'), 'reset'], { headers }))
  const answer = await ask('plain')
  assert.equal(chatText(answer), 'half')
  const last = dataOf(answer.text).at(-1) ?? ''
  assert.doesNotMatch(answer.text, /\[DONE\]/)
  assert.partialDeepStrictEqual(JSON.parse(last), {
    error: { type: 'llm_fallback_error', code: 'stream_interrupted' },
  })
  assert.equal(stage.second.requests.length, asked)
})

test('a stream that ends without finish reason and marker is broken, not finished', async () => {
  stage.first.script(stream([openingChunk, ...words('half'), 'end'], { headers }))
  const answer = await ask('plain')
  assert.doesNotMatch(answer.text, /\[DONE\]/)
  assert.match(answer.text, /"error"/)
})

test('a stream with a finish reason and a clean end gets the marker that it lacked', async () => {
  stage.first.script(stream([openingChunk, ...words('all'), closingChunk, 'end'], { headers }))
  const answer = await ask('plain')
  assert.equal(dataOf(answer.text).at(-1), '[DONE]')
})

test('a stream that falls silent in the middle is ended as broken', async () => {
  stage.first.script(stream([openingChunk, ...words('half'), 'hang'], { headers }))
  const answer = await ask('hurried')
  assert.equal(chatText(answer), 'half')
  assert.match(answer.text, /"code":"stream_interrupted"/)
  assert.doesNotMatch(answer.text, /\[DONE\]/)
})

test('one malformed event is skipped', async () => {
  stage.first.script(
    stream([openingChunk, ...words('be'), 'data: {"oops"\n\n', ...words('fore'), closingChunk, doneMarker], {
      headers,
    }),
  )
  const answer = await ask('plain')
  assert.equal(chatText(answer), 'before')
  assert.equal(dataOf(answer.text).at(-1), '[DONE]')
})

test('an empty stream is not an answer', async () => {
  stage.first.script(stream(['end'], { headers }))
  stage.second.script(stream(wholeStream('rescued'), { headers }))
  const answer = await ask('plain')
  assert.equal(chatText(answer), 'rescued')
  assert.equal(answer.verdict.reason, 'invalid_response')
})

test('usage is asked upstream but reaches only a caller who asked for it', async () => {
  const usage = `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 3, completion_tokens: 1, total_tokens: 4 } })}\n\n`
  const withUsage = [openingChunk, ...words('all'), closingChunk, usage, doneMarker]
  stage.first.script(stream(withUsage, { headers }), stream(withUsage, { headers }))
  const quiet = await ask('plain')
  assert.doesNotMatch(quiet.text, /prompt_tokens/)
  const curious = await ask('plain', { stream_options: { include_usage: true } })
  assert.match(curious.text, /"prompt_tokens":3/)
  assert.match(stage.first.requests.at(-2)?.body ?? '', /"include_usage":true/)
})

test('keep-alive comments bridge the wait, and a later step is told in a comment', async () => {
  stage.first.script(stream(['hang'], { headers }))
  stage.second.script(stream(wholeStream('rescued'), { headers }))
  const answer = await ask('kept-alive')
  assert.equal(answer.status, 200)
  assert.match(answer.text, /^:/)
  assert.match(answer.text, /\n: ?x-llm-fallback-served=backup/)
  assert.equal(chatText(answer), 'rescued')
})

test('a chain exhausted after the first keep-alive ends with an error event', async () => {
  stage.first.script(stream(['hang'], { headers }))
  stage.second.script(stream(['hang'], { headers }))
  const answer = await ask('kept-alive-lost')
  assert.equal(answer.status, 200)
  assert.match(answer.text, /"code":"timeout"/)
  assert.doesNotMatch(answer.text, /\[DONE\]/)
})

test('before the first keep-alive an exhausted chain has its own status', async () => {
  stage.first.script(failWith(500))
  stage.second.script(failWith(500))
  const answer = await ask('plain')
  assert.equal(answer.status, 503)
  assert.match(answer.headers.get('content-type') ?? '', /^application\/json/)
})

test('a provider that answers a stream request with a whole answer is understood', async () => {
  stage.first.script(chat('whole after all'))
  stage.second.script(stream(wholeStream('whole after all'), { headers }))
  assert.equal(chatText(await ask('plain')), 'whole after all')
})

test('Anthropic’s dialect gets its own events of a stream that OpenAI’s dialect wrote', async () => {
  stage.first.script(stream(wholeStream('across'), { headers }))
  const answer = await askMessages(stage.sidecar.url, { model: 'plain', stream: true })
  const types = dataOf(answer.text).map(data => /"type":"([a-z_]+)"/.exec(data)?.[1])
  assert.equal(types[0], 'message_start')
  assert.equal(types.at(-1), 'message_stop')
  assert.match(answer.text, /event: content_block_delta\ndata: .*across/)
})

test('Anthropic’s dialect gets its own error event when a stream breaks', async () => {
  stage.first.script(stream([openingChunk, chatChunk({ content: 'half' }), 'reset'], { headers }))
  const answer = await askMessages(stage.sidecar.url, { model: 'plain', stream: true })
  assert.match(answer.text, /event: error\ndata: \{"type":"error"/)
  assert.doesNotMatch(answer.text, /message_stop/)
})
