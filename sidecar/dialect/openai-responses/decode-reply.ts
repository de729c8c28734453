// A response object, as tolerant as the servers are many → the neutral answer.
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type {
  Choice,
  CompletionReply,
  JsonObject,
  JsonValue,
  ReplyPart,
  TokenLogprob,
} from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import { isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'
import { readCitations } from './annotations.ts'
import { readFinish, vendorFinishOf } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { readUsage } from './usage.ts'

export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body)
  const failure = errorInBody(body)
  if (failure !== undefined) return { kind: 'failed', failure, ...(usage && { usage }) }
  const created = numberIn(body.created_at)
  const reply: CompletionReply = {
    id: textIn(body.id) ?? '',
    model: textIn(body.model) ?? '',
    ...(created !== undefined && created > 0 && { created: Math.floor(created) }),
    choices: isJsonList(body.output) ? [readChoice(body, body.output)] : [],
    ...(usage && { usage }),
  }
  return { kind: 'reply', reply }
}

/** An error where an answer belongs: wrapped, flat, as a bare text, or in a response that failed. */
export function errorInBody(body: JsonObject): Failure | undefined {
  const { error } = body
  if (isJsonObject(error)) return failureOf(error)
  if (textIn(error) !== undefined || body.object === 'error' || body.type === 'error') return failureOf(body)
  return body.status === 'failed' ? failureOf(body) : undefined
}

function failureOf(error: JsonObject): Failure {
  return classifyInBandError({ dialect: 'OpenAI', error })
}

function readChoice(body: JsonObject, output: readonly JsonValue[]): Choice {
  const items = output.filter(isJsonObject)
  const content = [...items.flatMap(readItem), ...workGoingOn(body)]
  const logprobs = items.flatMap(readItemLogprobs)
  const vendorFinish = vendorFinishOf(body)
  const ending = {
    hasToolCalls: content.some(part => part.kind === 'toolCall'),
    hasRefusal: content.some(part => part.kind === 'refusal'),
  }
  return {
    content,
    finish: vendorFinish === null ? null : readFinish(vendorFinish, ending),
    vendorFinish,
    ...(logprobs.length > 0 && { logprobs }),
  }
}

/** An answer in the background has no content yet, and is what was asked for. */
function workGoingOn({ status }: JsonObject): readonly ReplyPart[] {
  const isUnderWay = status === 'queued' || status === 'in_progress'
  return isUnderWay ? [{ kind: 'other', itemKind: `response.${status}` }] : []
}

/** The parts that one item of an answer stands for. */
export function readItem(item: JsonObject): readonly ReplyPart[] {
  switch (item.type) {
    case 'message':
      return readContent(item.content)
    case 'function_call':
      return [readCall(item)]
    case 'reasoning': {
      const text = reasoningText(item)
      return text === '' ? [] : [{ kind: 'reasoning', text }]
    }
    default:
      return [{ kind: 'other', itemKind: textIn(item.type) ?? 'unknown' }]
  }
}

function readContent(content: JsonValue | undefined): readonly ReplyPart[] {
  const plain = textIn(content)
  if (plain !== undefined) return [{ kind: 'text', text: plain }]
  return isJsonList(content) ? content.filter(isJsonObject).flatMap(readPart) : []
}

function readPart(part: JsonObject): readonly ReplyPart[] {
  switch (part.type) {
    case 'output_text':
    case 'text': {
      const text = textIn(part.text)
      const citations = readCitations(part.annotations)
      if (text === undefined && citations.length === 0) return []
      return [{ kind: 'text', text: text ?? '', ...(citations.length > 0 && { citations }) }]
    }
    case 'refusal': {
      const text = textIn(part.refusal)
      return text === undefined ? [] : [{ kind: 'refusal', text }]
    }
    default:
      return [{ kind: 'other', itemKind: textIn(part.type) ?? 'unknown' }]
  }
}

function readCall(item: JsonObject): ReplyPart {
  const text = textIn(item.arguments) ?? ''
  return {
    kind: 'toolCall',
    id: callIdOf(item),
    name: textIn(item.name) ?? '',
    argumentsText: text.trim() === '' ? '{}' : text,
  }
}

/** A careless server gives the item an id and the call none. */
export function callIdOf(item: JsonObject): string {
  return textIn(item.call_id) ?? textIn(item.id) ?? 'call_0'
}

/** Between the parts of a summary, which are paragraphs. */
export const paragraphBreak = '\n\n'

/** The readable part of a reasoning item: its summary, or the reasoning itself where a model shows it. */
export function reasoningText(item: JsonObject): string {
  return [...textsIn(item.summary), ...textsIn(item.content)].join(paragraphBreak)
}

function textsIn(parts: JsonValue | undefined): readonly string[] {
  return isJsonList(parts) ? parts.flatMap(part => textIn(memberOf(part, 'text')) ?? []) : []
}

function readItemLogprobs(item: JsonObject): readonly TokenLogprob[] {
  const content = item.type === 'message' && isJsonList(item.content) ? item.content : []
  return content.flatMap(part => readLogprobs(memberOf(part, 'logprobs')))
}
