// The way of a caller's body through the head parser and the dialects. The only thing that may be thrown is RequestRejected.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyEdits } from '../../sidecar/dialect/apply-edits.ts'
import type { CompletionRequest, JsonObject } from '../../sidecar/dialect/completion.ts'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { parseBody } from '../../sidecar/dialect/parse-body.ts'
import { RequestRejected } from '../../sidecar/dialect/request-rejected.ts'
import { headFor } from '../support/request-head.ts'
import { fuzz, mutateBytes, mutateJson, pick } from './mutate.ts'
import { isObject, pickDialect, requestsOf, targets } from './targets.ts'

const change = { model: 'other-model', maxOutputTokens: 256, modelMaxOutputTokens: 128, wantUsage: true }

const iterations = 1000

for (const target of targets) {
  const { dialect } = target
  const requests = requestsOf(target)

  test(`${dialect.format}: broken bytes are refused or read, and edits leave a body that is read`, () => {
    fuzz({ iterations }, random => {
      const bytes = mutateBytes(Buffer.from(JSON.stringify(pick(requests, random).body)), random)
      const parsed = unlessRejected(() => parseBody(bytes))
      if (parsed === undefined) return
      assert.deepEqual(parsed.json, JSON.parse(bytes.toString('utf8')))
      const edits = dialect.editRequest(parsed.json, change)
      const edited = parseBody(applyEdits(parsed, edits)).json
      for (const { name, value } of edits) assert.deepEqual(edited[name], value)
    })
  })

  test(`${dialect.format}: a body of any shape is refused or decoded, and then encoded for everybody`, () => {
    fuzz({ iterations }, random => {
      const { body: seed, head } = pick(requests, random)
      const body = mutateJson(seed, random)
      if (!isObject(body)) return
      dialect.readFacts(body)
      dialect.wantsStream(body, head)
      dialect.wantsUsage(body)
      for (const endpoint of ['https://api.mistral.ai/v1', 'https://api.openai.com/v1']) {
        dialect.editRequest(body, { ...change, endpoint })
        dialect.editDrops?.(body, { ...change, endpoint })
      }
      const request = unlessRejected(() => dialect.decodeRequest(body, head))
      if (request !== undefined) assertEncodes(pickDialect(random), request)
    })
  })
}

/** What goes out is a body that the dialect itself would accept. */
function assertEncodes(dialect: Dialect, request: CompletionRequest): void {
  // Not even tried.
  if (request.messages.length === 0) return
  const { body, lost } = dialect.encodeRequest(request, change)
  const onTheWire: JsonObject = JSON.parse(JSON.stringify(body))
  const head = headFor(dialect, { model: change.model })
  const read = unlessRejected(() => dialect.decodeRequest(onTheWire, head))
  if (read !== undefined) return assert.equal(read.model, change.model)
  // Roles that say what their format never lets them say (calls of a user) may leave no message.
  const { messages } = body
  assert.ok(Array.isArray(messages) && messages.length === 0 && lost.length > 0)
}

function unlessRejected<Value>(read: () => Value): Value | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof RequestRejected) return undefined
    throw error
  }
}
