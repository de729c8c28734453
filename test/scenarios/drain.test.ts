import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chatText, dataOf } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { stream } from '../support/scripted-provider.ts'
import { openStage, type Stage, twoSteps } from './stage.ts'
import { eventStreamHeaders, wholeStream } from './wire.ts'

const headers = eventStreamHeaders

async function withStage(drain: string, use: (stage: Stage) => Promise<void>): Promise<void> {
  const stage = await openStage({ routes: [twoSteps('any')], environment: { LLM_FALLBACK_DRAIN: drain } })
  await use(stage).finally(() => stage.close())
}

test('a running stream is finished before the sidecar ends with 0', () =>
  withStage('10s', async stage => {
    const gate = Promise.withResolvers<void>()
    const [opening = '', first = '', ...rest] = wholeStream('one ', 'two')
    stage.first.script(stream([opening, first, { waitFor: gate.promise }, ...rest], { headers }))
    const running = stage.ask({ model: 'any', stream: true })
    await eventually('the stream runs', () => (stage.first.requests.length > 0 ? true : undefined))
    stage.sidecar.signal('SIGTERM')
    await eventually('the drain is logged', () =>
      stage.sidecar.logLines().some(line => line['msg'] === 'draining') ? true : undefined,
    )
    gate.resolve()
    const answer = await running
    assert.equal(chatText(answer), 'one two')
    assert.equal(dataOf(answer.text).at(-1), '[DONE]')
    assert.deepEqual(await stage.sidecar.ended, { code: 0, signal: null })
  }))

test('a stream that outlives the drain ends with the dialect’s error event', () =>
  withStage('1s', async stage => {
    const [opening = '', first = ''] = wholeStream('one ')
    stage.first.script(stream([opening, first, 'hang'], { headers }))
    const running = stage.ask({ model: 'any', stream: true })
    await eventually('the stream runs', () => (stage.first.requests.length > 0 ? true : undefined))
    stage.sidecar.signal('SIGTERM')
    const answer = await running
    assert.match(answer.text, /"error":\{/)
    assert.doesNotMatch(answer.text, /\[DONE\]/)
    assert.deepEqual(await stage.sidecar.ended, { code: 0, signal: null })
  }))

test('an idle sidecar ends at once', () =>
  withStage('25s', async stage => {
    const startedAt = performance.now()
    const end = await stage.sidecar.stop()
    assert.deepEqual(end, { code: 0, signal: null })
    assert.ok(performance.now() - startedAt < 5_000)
  }))
