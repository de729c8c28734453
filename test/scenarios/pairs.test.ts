// Every caller is served by every vendor: what the vendor recorded arrives as the caller's own client reads it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { CompletionReply, CompletionRequest, Message } from '../../sidecar/dialect/completion.ts'
import { bodyBytes, type Recording } from '../conformance/read-recordings.ts'
import { cutAtRandom, seededRandom } from '../conformance/read-stream.ts'
import {
  answeredCalls,
  callIdsOf,
  callsOf,
  namesOf,
  textOf,
  turnsOf,
  unwrapped,
} from '../conformance/said.ts'
import { findHead } from '../support/request-head.ts'
import { type ReceivedRequest, type RequestHandler, respond, stream } from '../support/scripted-provider.ts'
import { type Caller, callers } from './pairs/callers.ts'
import { openPairStage, type PairStage, readAs } from './pairs/stage.ts'
import { formatFor, recordedAnswers, type SpokenFormat, type Vendor, vendors } from './pairs/vendors.ts'

let stage: PairStage
before(async () => {
  stage = await openPairStage()
})
after(() => stage.close())

const seed = Date.now() % 2 ** 31
const random = seededRandom(seed)

for (const vendor of vendors) {
  for (const caller of callers) {
    describe(`${caller.name} served by ${vendor.name} (borders of seed ${seed})`, () => {
      const spoken = formatFor(vendor, caller.dialect.format)
      for (const recording of recordedAnswers(spoken)) {
        test(recording.name, () => assertServed({ caller, vendor, spoken }, recording))
      }
    })
  }
}

interface Pair {
  readonly caller: Caller
  readonly vendor: Vendor
  readonly spoken: SpokenFormat
}

async function assertServed({ caller, vendor, spoken }: Pair, recording: Recording): Promise<void> {
  const isNative = spoken.dialect.format === caller.dialect.format
  const server = stage.serverOf(vendor)
  server.script(play(recording, isNative ? caller : undefined))
  const wish = { stream: recording.expect.streamed }
  const answer = await stage.ask(caller, { ...conversation, ...wish, model: vendor.name })
  const asked = server.requests.at(-1) ?? assert.fail('the vendor was not asked')
  assert.equal(answer.status, 200, answer.bytes.toString('utf8'))
  assert.equal(answer.verdict.served?.step, 'only')
  assertAsked(spoken, asked, { ...conversation, ...wish })
  const { reply, hasEnded } = readAs(caller, answer, wish)
  assert.equal(hasEnded, true)
  assertReply(reply, recording)
}

/** The vendor was asked in its format, and the whole conversation arrived. */
function assertAsked(spoken: SpokenFormat, asked: ReceivedRequest, meant: CompletionRequest): void {
  assert.match(asked.path, spoken.path)
  const { dialect } = spoken
  const head = findHead(dialect, asked.path) ?? assert.fail(`${asked.path} is no path of ${dialect.format}`)
  const arrived = dialect.decodeRequest(JSON.parse(asked.body), head)
  assert.equal(arrived.stream, meant.stream)
  assert.deepEqual(turnsOf(arrived), turnsOf(meant))
  assert.deepEqual(answeredCalls(arrived), answeredCalls(meant))
  assert.deepEqual(namesOf(arrived), namesOf(meant))
  assert.equal(arrived.maxOutputTokens, meant.maxOutputTokens)
}

function assertReply(reply: CompletionReply, { expect }: Recording): void {
  assert.equal(textOf(reply), expect.text)
  assert.deepEqual(callsOf(reply).map(unwrapped), expect.toolCalls)
  assert.equal(reply.choices[0]?.finish, expect.finish)
  const ids = callIdsOf(reply)
  assert.equal(new Set(ids).size, ids.length)
  assert.ok(!ids.includes(''))
  if (!expect.usage) return
  assert.equal(reply.usage?.input, expect.usage['input'])
  assert.equal(reply.usage?.output, expect.usage['output'])
}

/** As recorded. A caller whose bytes pass through gets them in the framing that it asked for. */
function play(recording: Recording, native: Caller | undefined): RequestHandler {
  const { status, headers } = recording.response
  const bytes = bodyBytes(recording)
  if (!recording.expect.streamed) return respond({ status, headers, bytes })
  if (native?.framing === 'jsonArray') {
    return stream([...cutAtRandom(asJsonArray(bytes), random, 2000)], {
      headers: { 'content-type': 'application/json' },
    })
  }
  return stream([...cutAtRandom(bytes, random, 2000)], { status, headers })
}

function asJsonArray(events: Buffer): Buffer {
  const data = events
    .toString('utf8')
    .split(/\r?\n/)
    .filter(line => line.startsWith('data: '))
  return Buffer.from(`[${data.map(line => line.slice('data: '.length)).join(',\r\n')}]`)
}

const tools = ['get_weather', 'get_time'].map(name => ({
  name,
  description: `Tells the ${name.slice('get_'.length)} of a city.`,
  parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}))

const calls = ['get_weather', 'get_time'].map((name, index) => ({
  kind: 'toolCall' as const,
  id: `call_of_the_pair_${index}`,
  name,
  argumentsText: '{"city":"Kyōto"}',
}))

const turns: readonly Message[] = [
  { role: 'system', content: [{ kind: 'text', text: 'Answer in one sentence.' }] },
  { role: 'user', content: [{ kind: 'text', text: 'How is it in Kyōto — and how late?' }] },
  { role: 'assistant', content: [{ kind: 'text', text: 'I look.' }, ...calls] },
  ...calls.map(
    ({ id }, index): Message => ({
      role: 'tool',
      content: [{ kind: 'toolResult', callId: id, content: [{ kind: 'text', text: `result ${index}` }] }],
    }),
  ),
  { role: 'assistant', content: [{ kind: 'text', text: 'Fine, and noon.' }] },
  { role: 'user', content: [{ kind: 'text', text: 'And now?' }] },
]

const conversation: CompletionRequest = {
  model: 'named by the vendor',
  stream: false,
  messages: turns,
  tools,
  maxOutputTokens: 4000,
  untranslated: [],
}
