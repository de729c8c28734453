// What is fuzzed: every format of completions, with its recordings as seeds.
import type { JsonObject, JsonValue } from '../../sidecar/dialect/completion.ts'
import type { Dialect, StreamFraming } from '../../sidecar/dialect/dialect.ts'
import { openaiChat } from '../../sidecar/dialect/openai-chat/openai-chat.ts'
import { bodyBytes, headOfRecording, type Recording, recordingsOf } from '../conformance/read-recordings.ts'
import { framingOfAnswer } from '../conformance/read-stream.ts'
import { subjects } from '../conformance/subjects.ts'
import { pick, type Random } from './mutate.ts'

export interface Target {
  readonly dialect: Dialect
  readonly recordings: readonly Recording[]
}

export interface StreamSeed {
  readonly bytes: Buffer
  readonly framing: StreamFraming
}

/** Azure speaks OpenAI's chat with members and a first chunk of its own. */
const azure = recordingsOf(openaiChat, ['azure-openai'])

export const targets: readonly Target[] = subjects.map(({ dialect, recordings }) => ({
  dialect,
  recordings: dialect === openaiChat ? [...recordings, ...azure] : recordings,
}))

export function streamsOf({ recordings }: Target): readonly StreamSeed[] {
  return recordings
    .filter(({ expect, response }) => expect.streamed && response.status === 200)
    .map(recording => ({
      bytes: bodyBytes(recording),
      framing: framingOfAnswer(recording.response.headers['content-type'] ?? ''),
    }))
}

/** Whole answers, errors included. */
export function answersOf({ recordings }: Target): readonly JsonObject[] {
  return recordings.flatMap(({ response }) => (isObject(response.body) ? [response.body] : []))
}

export function requestsOf({ dialect, recordings }: Target) {
  return recordings.flatMap(recording => {
    const { body } = recording.request
    return body === undefined ? [] : [{ body, head: headOfRecording(dialect, recording) }]
  })
}

/** Any of the formats: a run meets each of them many times. */
export function pickDialect(random: Random): Dialect {
  return pick(targets, random).dialect
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function parseJson(text: string): JsonValue {
  return JSON.parse(text)
}
