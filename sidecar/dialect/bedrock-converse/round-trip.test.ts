import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { CompletionRequest, ContentPart, JsonObject, Message } from '../completion.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

const claude = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0'

const schema: JsonObject = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}
const format = { responseFormat: { kind: 'jsonSchema', name: 'answer', schema } } as const

const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }).map(text => `${text}.`)
const textPart = words.map((text): ContentPart => ({ kind: 'text', text }))
const toolName = fc.stringMatching(/^[a-z][a-zA-Z0-9_-]{0,15}$/)

const toolRound = fc
  .array(fc.tuple(toolName, fc.dictionary(toolName, fc.jsonValue(), { maxKeys: 3 }), words, fc.boolean()), {
    minLength: 1,
    maxLength: 3,
  })
  .map((calls): readonly Message[] => [
    {
      role: 'assistant',
      content: calls.map(([name, input], index) => ({
        kind: 'toolCall',
        id: `call_${index}`,
        name,
        argumentsText: JSON.stringify(input),
      })),
    },
    ...calls.map(
      ([, , text, isError], index): Message => ({
        role: 'tool',
        content: [
          { kind: 'toolResult', callId: `call_${index}`, content: [{ kind: 'text', text }], isError },
        ],
      }),
    ),
  ])

const conversation = fc
  .tuple(fc.option(textPart), textPart, fc.option(toolRound), textPart, textPart)
  .map(([system, first, tools, answer, last]): readonly Message[] => [
    ...(system === null ? [] : [{ role: 'system' as const, content: [system] }]),
    { role: 'user', content: [first] },
    ...(tools ?? []),
    { role: 'assistant', content: [answer] },
    { role: 'user', content: [last] },
  ])

test('a conversation that the wire can say is read back as it was written, without a loss', () => {
  fc.assert(
    fc.property(conversation, fc.boolean(), (messages, stream) => {
      const tools = [{ name: 'look_up', description: 'finds', parameters: schema, strict: true }]
      const request: CompletionRequest = {
        model: claude,
        stream,
        messages,
        tools,
        maxOutputTokens: 10,
        temperature: 0.5,
        topK: 3,
        stop: ['END'],
        responseFormat: { ...format.responseFormat, strict: true },
        untranslated: [],
      }
      const { body, lost } = encodeRequest(request, { model: claude, wantUsage: false })
      assert.deepEqual(lost, [])
      const overTheWire: JsonObject = JSON.parse(JSON.stringify(body))
      assert.deepEqual(decodeRequest(overTheWire, { model: claude, stream }), request)
    }),
  )
})
