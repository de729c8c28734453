// Which route a request takes.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { askMessages } from '../support/ask.ts'
import { openStage, type Stage } from './stage.ts'

const saying = (text: string) => [{ name: 'only', manual: { text } }]

let stage: Stage
before(async () => {
  stage = await openStage({
    routes: [
      {
        name: 'urgent',
        match: { headers: [{ name: 'X-Priority', value: 'high' }] },
        chain: saying('urgent'),
      },
      { name: 'marked', match: { headers: [{ name: 'x-marked', present: true }] }, chain: saying('marked') },
      { name: 'exact', match: { models: ['gpt-4o'] }, chain: saying('exact') },
      { name: 'family', match: { models: ['gpt-*', '*-turbo'] }, chain: saying('family') },
      { name: 'never', match: { models: ['gpt-4o'] }, chain: saying('never') },
    ],
  })
})
after(() => stage.close())

for (const [model, headers, route] of [
  ['gpt-4o', {}, 'exact'],
  ['gpt-4o-mini', {}, 'family'],
  ['gpt-', {}, 'family'],
  ['x-turbo', {}, 'family'],
  ['gpt-4o', { 'x-priority': 'high' }, 'urgent'],
  ['gpt-4o', { 'x-priority': 'low' }, 'exact'],
  ['anything', { 'x-marked': '' }, 'marked'],
] as const) {
  test(`${model} with ${JSON.stringify(headers)} takes the route ${route}`, async () => {
    const answer = await stage.ask({ model, headers })
    assert.equal(answer.verdict.route, route)
  })
}

for (const model of ['GPT-4o', 'claude', 'xgpt-4o']) {
  test(`${model} matches nothing`, async () => {
    assert.equal((await stage.ask({ model })).status, 404)
  })
}

test('both dialects take the same routes', async () => {
  const answer = await askMessages(stage.sidecar.url, { model: 'gpt-4o' })
  assert.equal(answer.verdict.route, 'exact')
})

test('a missing route is told in Anthropic’s shape too', async () => {
  const answer = await askMessages(stage.sidecar.url, { model: 'claude' })
  assert.equal(answer.status, 404)
  assert.partialDeepStrictEqual(answer.json, {
    type: 'error',
    error: { type: 'not_found_error', code: 'no_route' },
  })
})

test('the list of models names what routes match literally', async () => {
  const listed = await fetch(`${stage.sidecar.url}/v1/models`).then(answer => answer.text())
  assert.match(listed, /"id":"gpt-4o"/)
  assert.doesNotMatch(listed, /gpt-\*/)
})
