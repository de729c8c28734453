import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropic, openai, ready } from '../../test/support/call-kit.ts'
import type { CompletionRequest, StreamPart } from './completion.ts'
import { fitToolNames } from './fit-tool-names.ts'
import { allDialects } from './registry.ts'

const parameters = { type: 'object', properties: {} }
const plain: CompletionRequest = { model: 'm', stream: false, messages: [], tools: [], untranslated: [] }
const long = `mcp__files__${'very_'.repeat(20)}long`

function asking(...names: readonly string[]): CompletionRequest {
  return { ...plain, tools: names.map(name => ({ name, parameters })) }
}

function fittedNames(takes: RegExp, ...names: readonly string[]): readonly string[] | undefined {
  return fitToolNames(asking(...names), takes)?.request.tools.map(tool => tool.name)
}

const chat = /^[a-zA-Z0-9_-]{1,64}$/
const noDash = /^[a-zA-Z_][a-zA-Z0-9_]*$/

test('names that are taken stay as they are', () => {
  assert.equal(fitToolNames(asking('look', 'files-read'), chat), undefined)
  assert.equal(fitToolNames(asking('any thing'), undefined), undefined)
})

test('a refused name becomes the nearest one that nobody has', () => {
  assert.deepEqual(fittedNames(chat, 'files.read', 'look'), ['files_read', 'look'])
  assert.deepEqual(fittedNames(noDash, 'files-read'), ['files_read'])
  assert.deepEqual(fittedNames(noDash, '2nd'), ['_2nd'])
  const [first, second] = fittedNames(chat, 'a.b', 'a_b') ?? []
  assert.deepEqual([first, second], ['_a_b', 'a_b'])
  const [one, other] = fittedNames(chat, 'a.b', 'a:b') ?? []
  assert.notEqual(one, other)
})

test('every name fits every vendor, and the same one again next time', () => {
  const names = [long, `${long}er`, '', 'ein Wort', '日本語', '9.9', '.']
  for (const { format, toolNames } of allDialects) {
    if (toolNames === undefined) continue
    const fitted = fittedNames(toolNames, ...names) ?? names
    assert.ok(
      fitted.every(name => toolNames.test(name)),
      format,
    )
    assert.equal(new Set(fitted).size, names.length, format)
    assert.deepEqual(fittedNames(toolNames, ...names) ?? names, fitted, format)
  }
})

const history = JSON.stringify({
  model: 'claude',
  max_tokens: 100,
  messages: [
    { role: 'user', content: 'go' },
    { role: 'assistant', content: [{ type: 'tool_use', id: 'toolu_1', name: long, input: {} }] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_1', content: 'ok' }] },
  ],
  tools: [{ name: long, input_schema: parameters }],
  tool_choice: { type: 'tool', name: long },
})

test('a caller sees its own names in what another vendor answers', () => {
  const call = ready(history, { format: 'anthropic-messages', provider: openai, target: { model: 'gpt-4o' } })
  const body = JSON.parse(call.body.toString())
  const name: string = body.tools[0].function.name
  assert.match(name, chat)
  assert.equal(body.messages[1].tool_calls[0].function.name, name)
  assert.equal(body.tool_choice.function.name, name)
  const toolCalls = [{ index: 0, id: 'call_1', type: 'function', function: { name, arguments: '{}' } }]
  const whole = { choices: [{ index: 0, message: { tool_calls: toolCalls }, finish_reason: 'tool_calls' }] }
  const verdict = call.readWhole({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(whole)) })
  assert.ok(verdict.kind === 'reply')
  const [part] = verdict.completion?.choices[0]?.content ?? []
  assert.ok(part?.kind === 'toolCall')
  assert.equal(part.name, long)
  const chunk = { choices: [{ index: 0, delta: { tool_calls: toolCalls } }] }
  const parts: StreamPart[] = []
  const reader = call.readStream()
  reader.push(Buffer.from(`data: ${JSON.stringify(chunk)}\n\n`), unit => parts.push(...unit.parts))
  const start = parts.find(({ kind }) => kind === 'toolCallStart')
  assert.ok(start?.kind === 'toolCallStart')
  assert.equal(start.name, long)
})

test("the caller's own vendor gets the names as they are", () => {
  const call = ready(history, { format: 'anthropic-messages', provider: anthropic })
  assert.match(call.body.toString(), new RegExp(long))
})
