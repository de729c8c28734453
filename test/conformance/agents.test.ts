// An agent keeps its history in the form of its own vendor. In mid-conversation another vendor has to take over, and later
// the first one again: both accept the history, and nothing that is bound to one reaches the other.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { editBody } from '../../sidecar/dialect/apply-edits.ts'
import type { CompletionReply, CompletionRequest, JsonObject } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { parseBody } from '../../sidecar/dialect/parse-body.ts'
import { headFor } from '../support/request-head.ts'
import { append, histories, turnsIn, withThinking } from './native-history.ts'
import { neutralRequest } from './neutral-arbitraries.ts'
import { answeredCalls, callIdsOf, turnsOf } from './said.ts'
import { type Direction, directions, sharedAbilities } from './subjects.ts'

const thinking = { thought: 'they want the short way', secret: 'c2VjcmV0LW9mLXRoZS1maXJzdC12ZW5kb3I=' }
const secretOfOther = 'c2VjcmV0LW9mLXRoZS1vdGhlci12ZW5kb3I='
const thoughtOfOther = 'thought by the other'
const model = 'some-model'

/** What the vendor that takes over answers. */
const rescue: CompletionReply = {
  id: 'answer-of-the-other',
  model: 'other-model',
  choices: [
    {
      content: [
        { kind: 'reasoning', text: thoughtOfOther, signature: secretOfOther },
        { kind: 'text', text: 'I look both up.' },
        { kind: 'toolCall', id: 'call_of_other:1', name: 'look_up', argumentsText: '{"city":"Oslo"}' },
        { kind: 'toolCall', id: 'call_of_other:2', name: 'look_up', argumentsText: '{"city":"Rome"}' },
      ],
      finish: 'tool_calls',
      vendorFinish: null,
    },
  ],
  usage: { input: 10, output: 5 },
}

for (const direction of directions) {
  const { from, to } = direction
  describe(`an agent of ${from.dialect.format}, taken over by ${to.dialect.format}`, () => {
    test('the other vendor accepts the history and gets nothing that is bound to the first', () => {
      check(direction, ({ body, meant }) => assertTakenOver(direction, body, meant))
    })
    test('the answer of the other vendor has its place in the history, and the first one takes it again', () => {
      check(direction, ({ body, meant }) => assertTakenBack(from.dialect, body, meant))
    })
  })
}

interface Agent {
  /** As the agent's client sends it, with the thinking of its vendor. */
  readonly body: JsonObject
  readonly meant: CompletionRequest
}

function check({ from, to }: Direction, assertion: (agent: Agent) => void): void {
  const abilities = { ...sharedAbilities(from.abilities, to.abilities) }
  fc.assert(
    fc.property(neutralRequest(abilities), meant => {
      const written = from.dialect.encodeRequest(meant, { model, wantUsage: false }).body
      const body = withThinking(histories[from.dialect.format], overTheWire(written), thinking)
      assertion({ body, meant })
    }),
    { numRuns: 25 },
  )
}

function assertTakenOver({ from, to }: Direction, body: JsonObject, meant: CompletionRequest): void {
  const asked = from.dialect.decodeRequest(body, headFor(from.dialect, { model, stream: meant.stream }))
  assert.deepEqual(turnsOf(asked), turnsOf(meant))
  const taken = to.dialect.encodeRequest(asked, { model, wantUsage: false })
  const text = JSON.stringify(taken.body)
  assert.ok(!text.includes(thinking.secret), 'state of the first vendor reached the other')
  const isTold = taken.lost.includes('messages.reasoning')
  const isThere = meant.messages.some(message => message.role === 'assistant')
  assert.ok(isTold || !isThere || text.includes(thinking.thought), 'thinking was lost without a word')
  const arrived = to.dialect.decodeRequest(
    overTheWire(taken.body),
    headFor(to.dialect, { model, stream: meant.stream }),
  )
  assert.deepEqual(turnsOf(arrived), turnsOf(meant))
  assert.deepEqual(answeredCalls(arrived), answeredCalls(meant))
  assert.ok(hasOwnIds(arrived))
}

function assertTakenBack(dialect: Dialect, body: JsonObject, meant: CompletionRequest): void {
  const history = histories[dialect.format]
  const answer = overTheWire(dialect.encodeReply(rescue))
  assert.ok(!JSON.stringify(answer).includes(secretOfOther), 'state of the other vendor reached the client')
  const decoded = dialect.decodeReply(answer)
  if (decoded.kind === 'failed') assert.fail(decoded.failure.detail)
  const calls = callIdsOf(decoded.reply).map(id => ({ id, name: 'look_up' }))
  assert.equal(new Set(calls.map(({ id }) => id)).size, 2)
  const grown = append(
    history,
    append(history, body, history.turnOf(answer)),
    history.resultsOf(calls, 'found'),
  )

  const again = dialect.decodeRequest(grown, headFor(dialect, { model, stream: meant.stream }))
  const said = turnsOf(again).slice(turnsOf(meant).length)
  assert.deepEqual(said.slice(-5), [
    'assistant: I look both up.',
    'assistant: look_up {"city":"Oslo"}',
    'assistant: look_up {"city":"Rome"}',
    'tool: found',
    'tool: found',
  ])
  const before = answeredCalls(meant)
  const callsBefore = callsIn(meant)
  assert.deepEqual(answeredCalls(again), [...before, callsBefore, callsBefore + 1])
  // To its own vendor the history goes as it is, but for thinking that this vendor would look up and not find.
  const sent = editBody(dialect, parseBody(Buffer.from(JSON.stringify(grown))), { model, wantUsage: false })
  const passedOn: JsonObject = JSON.parse(sent.toString('utf8'))
  assert.deepEqual(passedOn[history.member], history.keptOf(turnsIn(history, grown), thoughtOfOther))
}

function callsIn(request: CompletionRequest): number {
  return request.messages.flatMap(message => message.content).filter(part => part.kind === 'toolCall').length
}

function hasOwnIds(request: CompletionRequest): boolean {
  const ids = request.messages.flatMap(message =>
    message.content.flatMap(part => (part.kind === 'toolCall' ? [part.id] : [])),
  )
  return new Set(ids).size === ids.length
}

function overTheWire<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}
