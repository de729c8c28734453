// Every recorded request body is one that its dialect accepts from a caller.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import { RequestRejected } from '../../sidecar/dialect/request-rejected.ts'
import { headOfRecording, type Recording } from './read-recordings.ts'

/** Requests that were wrong on purpose, with the word that a refusal has to name. */
export const wrongOnPurpose: ReadonlyMap<string, string> = new Map([
  ['openai-chat/error-400-missing-messages', 'messages'],
])

export function describeRecordedRequests(dialect: Dialect, recordings: readonly Recording[]): void {
  for (const recording of recordings) {
    const { name, request } = recording
    const body = request.body
    if (body === undefined) continue
    const head = headOfRecording(dialect, recording)
    const fault = wrongOnPurpose.get(name)
    if (fault !== undefined) {
      test(`${name}: the request is refused, naming ${fault}`, () => {
        assert.throws(
          () => dialect.decodeRequest(body, head),
          (error: unknown) => error instanceof RequestRejected && error.parameter?.includes(fault) === true,
        )
      })
      continue
    }
    test(`${name}: the request is decoded`, () => {
      const decoded = dialect.decodeRequest(body, head)
      assert.equal(decoded.model, dialect.readModel(body, head))
      assert.equal(decoded.stream, head.stream ?? body['stream'] === true)
      assert.equal(dialect.wantsStream(body, head), decoded.stream)
      assert.ok(decoded.messages.length > 0)
      assert.ok(dialect.readFacts(body).textCharacters > 0)
    })
  }
}
