// Items of an answer as they stand on the wire, whole. Streams end every item with the same.
import { createHash } from 'node:crypto'
import type { JsonObject, JsonValue } from '../completion.ts'

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete'

/** Tell our items from the vendor's: those are kept nowhere, so that nobody could look one up by its id. */
const prefixes = {
  message: 'msg_fallback_',
  functionCall: 'fc_fallback_',
  reasoning: 'rs_fallback_',
} as const

export function isForeignReasoningId(id: JsonValue | undefined): boolean {
  return typeof id === 'string' && id.startsWith(prefixes.reasoning)
}

/** Of an item that another vendor answered with. */
export function isForeignItemId(id: JsonValue | undefined): boolean {
  return typeof id === 'string' && Object.values(prefixes).some(prefix => id.startsWith(prefix))
}

/** Derived, never random: the same item has the same id in a stream and in its final response. */
export function itemId(kind: keyof typeof prefixes, replyId: string, index: number): string {
  const digest = createHash('sha256').update(`${replyId}:${index}`).digest('hex')
  return prefixes[kind] + digest.slice(0, 48)
}

export function messageItem(id: string, content: readonly JsonObject[], status: ItemStatus): JsonObject {
  return { id, type: 'message', status, role: 'assistant', content }
}

export interface TextContent {
  readonly text: string
  readonly annotations: readonly JsonObject[]
  readonly logprobs: readonly JsonObject[]
}

export function textContent({ text, annotations, logprobs }: TextContent): JsonObject {
  return { type: 'output_text', text, annotations, logprobs }
}

export function refusalContent(refusal: string): JsonObject {
  return { type: 'refusal', refusal }
}

export interface CallContent {
  readonly id: string
  readonly callId: string
  readonly name: string
  readonly text: string
}

export function callItem({ id, callId, name, text }: CallContent, status: ItemStatus): JsonObject {
  return { id, type: 'function_call', status, call_id: callId, name, arguments: text }
}

/** A summary is what clients show. There is no encrypted form: the vendor could not read one that it did not write. */
export function reasoningItem(id: string, text: string | undefined): JsonObject {
  const summary: readonly JsonValue[] = text === undefined ? [] : [summaryContent(text)]
  return { id, type: 'reasoning', summary }
}

export function summaryContent(text: string): JsonObject {
  return { type: 'summary_text', text }
}
