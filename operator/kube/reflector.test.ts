import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClock } from '../../test/support/fake-clock.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { reasonOf } from './api-error.ts'
import { Reflector } from './reflector.ts'
import type { ReflectorEvent } from './reflector-options.ts'
import { SampleApiServer } from './sample-api-server.ts'
import { fieldsOf, textOf } from './untrusted.ts'

const minute = 60_000
let clock: FakeClock
let server: SampleApiServer
let client: ApiClient
let reflector: Reflector<string>
let events: ReflectorEvent[]
let changes: string[]

beforeEach(async () => {
  clock = new FakeClock()
  server = new SampleApiServer()
  await server.start()
  client = createApiClient(server.connections, clock)
  events = []
  changes = []
  reflector = new Reflector<string>({
    collection: { path: '/api/v1/things', query: { labelSelector: 'a=b' } },
    project: object => {
      const value = textOf(fieldsOf(object)['value'])
      return value === 'unwanted' ? undefined : value
    },
    isSame: (one, other) => one === other,
    client,
    clock,
    random: () => 0.5,
    report: event => void events.push(event),
    limits: { pageSize: 2 },
  })
  reflector.store.onChange(({ before, after }) => void changes.push(`${before ?? ''}>${after ?? ''}`))
})
afterEach(async () => {
  await reflector.stop()
  await client.close()
  await server.stop()
})

const held = () => [...reflector.store.list()].sort().join(' ')
const becomes = (expected: string) =>
  eventually(`the store holds "${expected}", not "${held()}"`, () => held() === expected || undefined)
const isWatching = (times: number) =>
  eventually(
    `watch number ${times}`,
    () => (server.watches.length >= times && server.openWatches === 1) || undefined,
  )
const failures = () => events.flatMap(event => (event.kind === 'failed' ? [reasonOf(event.error)] : []))

async function begin(): Promise<void> {
  server.put('one', '1')
  server.put('two', '2')
  server.put('three', '3')
  reflector.start()
  await isWatching(1)
}

test('lists in pages and watches from the version of the list', async () => {
  await begin()
  assert.equal(held(), '1 2 3')
  assert.equal(reflector.store.hasSynced(), true)
  assert.deepEqual(
    server.lists.map(one => one.query.toString()),
    ['labelSelector=a%3Db&limit=2', 'labelSelector=a%3Db&limit=2&continue=2'],
  )
  assert.equal(
    server.watches[0]?.query.toString(),
    'labelSelector=a%3Db&watch=true&allowWatchBookmarks=true&resourceVersion=103&timeoutSeconds=300',
  )
})

test('tells of what is new, changed and gone, and of nothing else', async () => {
  await begin()
  changes.length = 0
  server.put('two', '2b')
  server.put('two', '2b')
  server.put('four', '4')
  server.put('four', 'unwanted')
  server.remove('one')
  await becomes('2b 3')
  assert.deepEqual(changes, ['2>2b', '>4', '4>', '1>'])
})

test('goes on from the last bookmark at once when the server ends a watch', async () => {
  await begin()
  server.put('four', '4')
  server.bookmark()
  await becomes('1 2 3 4')
  server.endWatches()
  await isWatching(2)
  assert.equal(server.watches[1]?.query.get('resourceVersion'), '104')
  assert.equal(server.lists.length, 2)
  assert.equal(reflector.counters.restarts, 0)
})

test('waits longer and longer, with jitter, while the server fails', async () => {
  server.answerNext({ status: 500 }, { status: 500 }, { status: 500 })
  reflector.start()
  const delays: number[] = []
  for (const delay of [250, 500, 1000]) {
    await eventually('one more failure', () => events.length > delays.length || undefined)
    await clock.advance(delay - 1)
    const asked = server.requests.length
    delays.push(delay)
    assert.equal(server.requests.length, asked)
    await clock.advance(1)
    await eventually('asked again', () => server.requests.length > asked || undefined)
  }
  await isWatching(1)
  assert.equal(failures().length, 3)
})

test('stays away as long as the server asks', async () => {
  const list = { metadata: { resourceVersion: '100' }, items: [] }
  server.answerNext({ status: 200, body: list }, { status: 429, headers: { 'retry-after': '7' } })
  reflector.start()
  await eventually('the refusal of the watch', () => failures()[0])
  assert.ok(reflector.store.hasSynced() && !reflector.hasWatched)
  await clock.advance(6_999)
  assert.equal(server.requests.length, 2)
  await clock.advance(1)
  await eventually('the watch', () => reflector.hasWatched || undefined)
})

test('lists anew when its version is no longer kept, and keeps what it has meanwhile', async () => {
  await begin()
  server.cutWatches()
  server.put('one', '1b')
  server.remove('two')
  server.forgetHistory()
  await eventually('the cut is noticed', () => failures().length === 1 || undefined)
  assert.equal(held(), '1 2 3')
  await clock.advance(500)
  await eventually('410', () => failures().length === 2 || undefined)
  changes.length = 0
  await clock.advance(30_000)
  await becomes('1b 3')
  assert.deepEqual(changes.sort(), ['1>1b', '2>'])
  assert.equal(reflector.counters.missed, 0)
})

test('an ERROR event with code 410 leads to a full list too', async () => {
  await begin()
  server.writeToWatches('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n')
  await eventually('the failure', () => failures()[0])
  await clock.advance(500)
  await isWatching(2)
  assert.equal(reflector.counters.lists, 2)
})

for (const [what, text] of [
  ['a line that is no JSON', 'secret-canary {\n'],
  ['an event without an object', '{"type":"ADDED"}\n'],
  [
    'an event of an unknown type',
    '{"type":"ODD","object":{"metadata":{"name":"x","resourceVersion":"1"}}}\n',
  ],
  ['a line without an end', 'x'.repeat(5 * 1024 * 1024)],
] as const) {
  test(`${what} ends the watch, and a full list follows`, async () => {
    await begin()
    server.writeToWatches(text)
    await eventually('the failure', () => failures()[0])
    assert.doesNotMatch(failures()[0] ?? '', /canary/)
    await clock.advance(500)
    await isWatching(2)
    assert.equal(reflector.counters.lists, 2)
  })
}

async function bearSilence(milliseconds: number, nextWatch: number): Promise<void> {
  const before = failures().length
  await clock.advance(milliseconds - 1_000)
  assert.equal(failures().length, before)
  await clock.advance(1_000)
  await eventually('the silence', () => failures()[before]?.includes(`for ${milliseconds} ms`) || undefined)
  await clock.advance(500)
  await isWatching(nextWatch)
}

test('silence is borne until a bookmark is overdue, or where none come until the watch should have ended', async () => {
  await begin()
  await bearSilence(150_000, 2)
  await bearSilence(315_000, 3)
  server.bookmark()
  server.put('four', '4')
  await becomes('1 2 3 4')
  await bearSilence(150_000, 4)
  await bearSilence(150_000, 5)
})

test('a server that ends every watch at once is not asked in a tight loop', async () => {
  await begin()
  server.endWatches()
  await eventually('a pause', () => failures()[0])
  assert.equal(server.watches.length, 1)
})

async function checkOnce(): Promise<void> {
  const before = reflector.counters.lists
  for (let waited = 0; waited < 20 && reflector.counters.lists === before; waited += 1) {
    await clock.advance(minute)
    server.bookmark()
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  assert.equal(reflector.counters.lists, before + 1)
}

test('a checking list finds nothing where the watch told everything', async () => {
  await begin()
  await checkOnce()
  await eventually('both pages', () => server.lists.length === 4 || undefined)
  assert.equal(reflector.counters.missed, 0)
  assert.equal(reflector.counters.watches, 1)
})

test('a checking list puts right and counts what the watch never told', async () => {
  await begin()
  server.put('one', '1-silent', 'silently')
  server.put('four', '4-silent', 'silently')
  server.remove('two', 'silently')
  await checkOnce()
  server.bookmark()
  await eventually('both pages', () => server.lists.length === 4 || undefined)
  for (let at = 0; at < 50 && reflector.counters.missed === 0; at += 1) {
    await clock.advance(1_000)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
  await becomes('1-silent 3 4-silent')
  assert.equal(reflector.counters.missed, 3)
  assert.deepEqual(
    events.filter(event => event.kind === 'missed'),
    [{ kind: 'missed', path: '/api/v1/things', count: 3 }],
  )
})

test('stops in the middle of anything and leaves no timer behind', async () => {
  await begin()
  await reflector.stop()
  assert.equal(clock.pending, 0)
  await eventually('the watch is closed', () => server.openWatches === 0 || undefined)
})
