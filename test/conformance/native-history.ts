// How a client of each format keeps a conversation: where the turns stand, what it appends of an answer, how it hands in
// the results of tools, and how the vendor's thinking stands in them.
import type { JsonObject, JsonValue } from '../../sidecar/dialect/completion.ts'
import type { WireFormat } from '../../sidecar/dialect/dialect.ts'
import { isJsonObject } from '../../sidecar/dialect/json-value.ts'

export interface Thinking {
  readonly thought: string
  /** Opaque state of the vendor's: a signature, something encrypted. */
  readonly secret: string
}

export interface KnownCall {
  readonly id: string
  readonly name: string
}

export interface NativeHistory {
  /** The member of a request that holds the turns. */
  readonly member: string
  /** The items of an answer that its client appends. */
  turnOf(answer: JsonObject): readonly JsonValue[]
  resultsOf(calls: readonly KnownCall[], words: string): readonly JsonValue[]
  /** A turn with what its vendor's models think in front of it; every other item as it is. */
  think(item: JsonObject, thinking: Thinking): readonly JsonValue[]
  /** What of the history goes to its own vendor again, when another one thought this. */
  keptOf(items: readonly JsonValue[], foreignThought: string): readonly JsonValue[]
}

const all = (items: readonly JsonValue[]) => items
const isAssistant = (item: JsonObject) => item['role'] === 'assistant'

const chat: NativeHistory = {
  member: 'messages',
  turnOf: answer => [memberAt(answer, 'choices', 0, 'message')],
  resultsOf: (calls, words) => calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: words })),
  think: (item, { thought }) => [isAssistant(item) ? { ...item, reasoning_content: thought } : item],
  keptOf: all,
}

const responses: NativeHistory = {
  member: 'input',
  turnOf: answer => itemsOf(answer['output']),
  resultsOf: (calls, words) =>
    calls.map(({ id }) => ({ type: 'function_call_output', call_id: id, output: words })),
  think: (item, { thought, secret }) => {
    const summary = [{ type: 'summary_text', text: thought }]
    const reasoning = { type: 'reasoning', id: 'rs_1', summary, encrypted_content: secret }
    return isAssistant(item) || item['type'] === 'function_call' ? [reasoning, item] : [item]
  },
  keptOf: (items, foreignThought) => items.filter(item => !JSON.stringify(item).includes(foreignThought)),
}

const messages: NativeHistory = {
  member: 'messages',
  turnOf: answer => [{ role: 'assistant', content: answer['content'] ?? [] }],
  resultsOf: (calls, words) => [
    {
      role: 'user',
      content: calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: words })),
    },
  ],
  think: (item, { thought, secret }) => {
    if (!isAssistant(item)) return [item]
    const thinking = [
      { type: 'thinking', thinking: thought, signature: secret },
      { type: 'redacted_thinking', data: secret },
    ]
    return [{ ...item, content: [...thinking, ...blocksOf(item['content'])] }]
  },
  keptOf: all,
}

const generate: NativeHistory = {
  member: 'contents',
  turnOf: answer => [memberAt(answer, 'candidates', 0, 'content')],
  resultsOf: (calls, words) => [
    {
      role: 'user',
      parts: calls.map(({ id, name }) => ({ functionResponse: { id, name, response: { output: words } } })),
    },
  ],
  think: (item, { thought, secret }) => {
    if (item['role'] !== 'model') return [item]
    const parts = itemsOf(item['parts']).map(part =>
      isJsonObject(part) && 'functionCall' in part ? { ...part, thoughtSignature: secret } : part,
    )
    return [{ ...item, parts: [{ text: thought, thought: true, thoughtSignature: secret }, ...parts] }]
  },
  keptOf: all,
}

const converse: NativeHistory = {
  member: 'messages',
  turnOf: answer => [memberAt(answer, 'output', 'message')],
  resultsOf: (calls, words) => [
    {
      role: 'user',
      content: calls.map(({ id }) => ({ toolResult: { toolUseId: id, content: [{ text: words }] } })),
    },
  ],
  think: (item, { thought, secret }) => {
    if (!isAssistant(item)) return [item]
    const reasoning = [
      { reasoningContent: { reasoningText: { text: thought, signature: secret } } },
      { reasoningContent: { redactedContent: secret } },
    ]
    return [{ ...item, content: [...reasoning, ...itemsOf(item['content'])] }]
  },
  keptOf: all,
}

const cohere: NativeHistory = {
  member: 'messages',
  turnOf: answer => [answer['message'] ?? null],
  resultsOf: (calls, words) => calls.map(({ id }) => ({ role: 'tool', tool_call_id: id, content: words })),
  think: (item, { thought }) => {
    if (!isAssistant(item)) return [item]
    return [{ ...item, content: [{ type: 'thinking', thinking: thought }, ...blocksOf(item['content'])] }]
  },
  keptOf: all,
}

export const histories: Readonly<Record<WireFormat, NativeHistory>> = {
  'openai-chat': chat,
  'openai-responses': responses,
  'anthropic-messages': messages,
  'bedrock-invoke': messages,
  'gemini-generate': generate,
  'bedrock-converse': converse,
  'cohere-chat': cohere,
}

/** The request with these items behind its turns. */
export function append(history: NativeHistory, body: JsonObject, items: readonly JsonValue[]): JsonObject {
  return { ...body, [history.member]: [...itemsOf(body[history.member]), ...items] }
}

/** The request with the vendor's thinking in every turn of its own. */
export function withThinking(history: NativeHistory, body: JsonObject, thinking: Thinking): JsonObject {
  const turns = itemsOf(body[history.member])
  return {
    ...body,
    [history.member]: turns.flatMap(item => (isJsonObject(item) ? history.think(item, thinking) : [item])),
  }
}

export function turnsIn(history: NativeHistory, body: JsonObject): readonly JsonValue[] {
  return itemsOf(body[history.member])
}

function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? value : []
}

/** Text alone is one block of it. */
function blocksOf(content: JsonValue | undefined): readonly JsonValue[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return itemsOf(content)
}

function memberAt(value: JsonValue, ...path: readonly (string | number)[]): JsonValue {
  let at: JsonValue | undefined = value
  for (const step of path) {
    if (typeof step === 'number') at = itemsOf(at)[step]
    else at = isJsonObject(at) ? at[step] : undefined
  }
  if (at === undefined) throw new Error(`the answer has no ${path.join('.')}`)
  return at
}
