// A complete chat answer, of the vendor's own servers and of the many that imitate them.

import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type {
  Choice,
  Citation,
  CompletionReply,
  JsonObject,
  JsonValue,
  ReplyPart,
  ToolCallPart,
} from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import {
  isGiven,
  isJsonList,
  isJsonObject,
  memberOf,
  numberIn,
  parseLeniently,
  textIn,
} from '../json-value.ts'
import { readAnnotations } from './annotations.ts'
import { outageIn, readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { readUsage } from './usage.ts'
import { reasoningMembers } from './vendor-habits.ts'

export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body)
  const failure = errorInBody(body)
  if (failure !== undefined) return { kind: 'failed', failure, ...(usage && { usage }) }
  const listed = isJsonList(body.choices) ? body.choices : []
  const id = textIn(body.id) ?? ''
  const choices = listed.filter(isJsonObject).map(choice => readChoice(choice, id))
  const created = numberIn(body.created)
  const reply: CompletionReply = {
    id,
    model: textIn(body.model) ?? '',
    ...(created !== undefined && created > 0 && { created }),
    choices,
    ...(usage && { usage }),
  }
  return { kind: 'reply', reply }
}

/** An error where an answer belongs: wrapped, flat, or hidden in a choice. */
export function errorInBody(body: JsonObject): Failure | undefined {
  const { error } = body
  if (isJsonObject(error)) return classifyInBandError({ dialect: 'OpenAI', error })
  // Some servers write the message as a bare string, with the code beside it.
  if (textIn(error) !== undefined) return classifyInBandError({ dialect: 'OpenAI', error: body })
  if (!isJsonList(body.choices)) return isGiven(body.usage) ? undefined : errorInFlatBody(body)
  for (const choice of body.choices) {
    if (!isJsonObject(choice)) continue
    if (isJsonObject(choice.error)) return classifyInBandError({ dialect: 'OpenAI', error: choice.error })
    const outage = typeof choice.finish_reason === 'string' ? outageIn(choice.finish_reason) : undefined
    if (outage !== undefined) return outage
  }
  return undefined
}

function errorInFlatBody(body: JsonObject): Failure | undefined {
  const isError = body.object === 'error' || textIn(body.message) !== undefined || isGiven(body.detail)
  return isError ? classifyInBandError({ dialect: 'OpenAI', error: body }) : undefined
}

function readChoice(choice: JsonObject, replyId: string): Choice {
  const message = isJsonObject(choice.message) ? choice.message : {}
  const content: ReplyPart[] = []
  const reasoning = reasoningIn(message)
  if (reasoning !== undefined) content.push({ kind: 'reasoning', text: reasoning })
  content.push(...withCitations(readContent(message.content), readAnnotations(message.annotations)))
  const refusal = textIn(message.refusal)
  if (refusal !== undefined) content.push({ kind: 'refusal', text: refusal })
  for (const kind of mediaMembers) if (isMedia(message[kind])) content.push({ kind: 'other', itemKind: kind })
  content.push(...readToolCalls(message, replyId))
  const vendorFinish = textIn(choice.finish_reason) ?? null
  const ending = {
    hasToolCalls: content.some(part => part.kind === 'toolCall'),
    hasRefusal: content.some(part => part.kind === 'refusal'),
  }
  const logprobs = readLogprobs(choice.logprobs)
  return {
    content,
    finish: vendorFinish === null ? null : readFinish(vendorFinish, ending),
    vendorFinish,
    ...(logprobs.length > 0 && { logprobs }),
  }
}

/** They are told of the message; its first text carries them. */
function withCitations(parts: readonly ReplyPart[], citations: readonly Citation[]): readonly ReplyPart[] {
  const first = citations.length === 0 ? -1 : parts.findIndex(part => part.kind === 'text')
  return parts.map((part, at) => (at === first && part.kind === 'text' ? { ...part, citations } : part))
}

/** The readable reasoning of a message or delta. */
export function reasoningIn(owner: JsonObject): string | undefined {
  for (const name of reasoningMembers) {
    const text = textIn(owner[name])
    if (text !== undefined) return text
  }
  return undefined
}

/** Members of a message or delta that carry media which only clients of the server's own kind can read. */
export const mediaMembers = ['audio', 'images'] as const

export function isMedia(value: JsonValue | undefined): boolean {
  return isJsonObject(value) || (isJsonList(value) && value.length > 0)
}

/** Content is a string, or a list of parts where a server tells thinking apart. Used for stream pieces, too. */
export function readContent(content: JsonValue | undefined): readonly ReplyPart[] {
  const plain = textIn(content)
  if (plain !== undefined) return [{ kind: 'text', text: plain }]
  return isJsonList(content) ? content.filter(isJsonObject).flatMap(readPart) : []
}

function readPart(part: JsonObject): readonly ReplyPart[] {
  switch (part.type) {
    case 'text':
    case 'output_text': {
      const text = textIn(part.text)
      return text === undefined ? [] : [{ kind: 'text', text }]
    }
    case 'refusal': {
      const text = textIn(part.refusal)
      return text === undefined ? [] : [{ kind: 'refusal', text }]
    }
    case 'thinking': {
      const text = thinkingText(part.thinking)
      return text === '' ? [] : [{ kind: 'reasoning', text }]
    }
    default:
      return [{ kind: 'other', itemKind: textIn(part.type) ?? 'unknown' }]
  }
}

export function thinkingText(thinking: JsonValue | undefined): string {
  if (typeof thinking === 'string') return thinking
  if (!isJsonList(thinking)) return ''
  return thinking.map(piece => textIn(memberOf(piece, 'text')) ?? '').join('')
}

function readToolCalls(message: JsonObject, replyId: string): readonly ReplyPart[] {
  const parts: ReplyPart[] = []
  const ids = new Set<string>()
  for (const call of isJsonList(message.tool_calls) ? message.tool_calls : []) {
    if (!isJsonObject(call)) continue
    if (isJsonObject(call.function)) {
      const given = textIn(call.id)
      // Two calls of one answer never share an id, whatever the server says.
      const id = given === undefined || ids.has(given) ? mintCallId(replyId, parts.length) : given
      ids.add(id)
      parts.push(readFunction(call.function, id))
    } else if (textIn(call.type) !== undefined) parts.push({ kind: 'other', itemKind: String(call.type) })
  }
  if (parts.length === 0 && isJsonObject(message.function_call)) {
    parts.push(readFunction(message.function_call, mintCallId(replyId, 0)))
  }
  return parts
}

function readFunction(called: JsonObject, id: string): ToolCallPart {
  return {
    kind: 'toolCall',
    id,
    name: textIn(called.name) ?? '',
    argumentsText: argumentsText(called.arguments),
  }
}

/** Text as the model wrote it, '{}' for none; a few servers send the object itself. */
function argumentsText(value: JsonValue | undefined): string {
  const text = rawArguments(value)
  return text.trim() === '' || (text === 'null' && parseLeniently(text) === null) ? '{}' : text
}

export function rawArguments(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}

/** An id for a call that came without one: legacy function calls and careless servers. */
export function mintCallId(replyId: string, index: number): string {
  const stem = replyId.replace(/[^a-zA-Z0-9]/g, '').slice(-24)
  return `call_${stem}_${index}`
}
