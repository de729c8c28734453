// The way of a caller's body through the head parser and the dialects. The only thing that may be thrown is RequestRejected.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { anthropicMessages } from '../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { applyEdits } from '../../sidecar/dialect/apply-edits.ts'
import type { CompletionRequest, JsonObject } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { parseBody } from '../../sidecar/dialect/parse-body.ts'
import { RequestRejected } from '../../sidecar/dialect/request-rejected.ts'
import { type RecordingFolder, readRecordings } from '../conformance/read-recordings.ts'
import { headFor } from '../support/request-head.ts'
import { fuzz, mutateBytes, mutateJson, pick } from './mutate.ts'

const change = { model: 'other-model', maxOutputTokens: 256, modelMaxOutputTokens: 128, wantUsage: true }

const targets: readonly { readonly dialect: Dialect; readonly folders: readonly RecordingFolder[] }[] = [
  { dialect: openaiChat, folders: ['openai-chat', 'openai-compatible'] },
  { dialect: anthropicMessages, folders: ['anthropic'] },
]

for (const { dialect, folders } of targets) {
  const bodies = folders.flatMap(readRecordings).flatMap(({ request }) => request.body ?? [])

  test(`${dialect.format}: broken bytes are refused or read, and edits leave a body that is read`, () => {
    fuzz({ iterations: 2000 }, random => {
      const bytes = mutateBytes(Buffer.from(JSON.stringify(pick(bodies, random))), random)
      const parsed = unlessRejected(() => parseBody(bytes))
      if (parsed === undefined) return
      assert.deepEqual(parsed.json, JSON.parse(bytes.toString('utf8')))
      const edits = dialect.editRequest(parsed.json, change)
      const edited = parseBody(applyEdits(parsed, edits)).json
      for (const { name, value } of edits) assert.deepEqual(edited[name], value)
    })
  })

  test(`${dialect.format}: a body of any shape is refused or decoded, and then encoded for everybody`, () => {
    fuzz({ iterations: 2000 }, random => {
      const body = mutateJson(pick(bodies, random), random)
      if (!isObject(body)) return
      const head = headFor(dialect, { model: 'm' })
      dialect.readFacts(body)
      dialect.wantsStream(body, head)
      dialect.wantsUsage(body)
      const request = unlessRejected(() => dialect.decodeRequest(body, head))
      if (request === undefined) return
      for (const target of targets) assertEncodes(target.dialect, request)
    })
  })
}

/** What goes out is a body that the dialect itself would accept. */
function assertEncodes(dialect: Dialect, request: CompletionRequest): void {
  const { body } = dialect.encodeRequest(request, change)
  const onTheWire: JsonObject = JSON.parse(JSON.stringify(body))
  assert.equal(
    dialect.decodeRequest(onTheWire, headFor(dialect, { model: change.model })).model,
    change.model,
  )
}

function unlessRejected<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RequestRejected) return undefined
    throw error
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
