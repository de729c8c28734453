// A complete Cohere chat answer.
import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type { Choice, Citation, CompletionReply, JsonObject, JsonValue, ReplyPart } from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { readCitation } from './citations.ts'
import { outageIn, readFinish } from './finish-reasons.ts'
import { readLogprobs } from './logprobs.ts'
import { mintCallId } from './native-id.ts'
import { offsetsOf } from './text-offsets.ts'
import { readUsage } from './usage.ts'

/** Never throws: a body that is no answer is a failure, whatever its status was. The answer names no model. */
export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body.usage)
  const failure = errorInBody(body)
  if (failure !== undefined) return { kind: 'failed', failure, ...(usage && { usage }) }
  const id = textIn(body.id) ?? ''
  const reply: CompletionReply = {
    id,
    model: '',
    choices: isJsonObject(body.message) ? [readChoice(body, body.message, id)] : [],
    ...(usage && { usage }),
  }
  return { kind: 'reply', reply }
}

/** The flat `{id, message}` with a text where an answer has its message, or an answer that says that it failed. */
export function errorInBody(body: JsonObject): Failure | undefined {
  if (typeof body.message === 'string' || isGiven(body.error_type)) return inBand(body)
  if (isJsonObject(body.error)) return inBand(body.error)
  return outageIn(body)
}

function inBand(error: JsonObject): Failure {
  return classifyInBandError({ dialect: 'Cohere', error })
}

function readChoice(body: JsonObject, message: JsonObject, replyId: string): Choice {
  const calls = listIn(message.tool_calls).map((call, index) => readCall(call, replyId, index))
  const content = [...readContent(message), ...calls]
  const vendorFinish = textIn(body.finish_reason) ?? null
  const logprobs = readLogprobs(body.logprobs)
  return {
    content,
    finish: vendorFinish === null ? null : readFinish(vendorFinish, calls.length > 0),
    vendorFinish,
    ...(logprobs.length > 0 && { logprobs }),
  }
}

function listIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : []
}

/** The plan that comes with tool calls (`tool_plan`) is neither text nor thinking: the vendor's clients do not show it. */
function readContent(message: JsonObject): readonly ReplyPart[] {
  if (typeof message.content === 'string' && message.content !== '') {
    return [{ kind: 'text', text: message.content }]
  }
  const blocks = listIn(message.content)
  // Where a citation names no block it belongs to the text, of which there usually is one.
  const usual = blocks.findIndex(block => block.type === 'text')
  return blocks.flatMap((block, index) => {
    if (block.type !== 'text') return readOther(block)
    const text = textIn(block.text)
    if (text === undefined) return []
    const citations = citationsOf(message, { text, isHere: (place = usual) => place === index })
    return [{ kind: 'text', text, ...(citations.length > 0 && { citations }) }]
  })
}

function citationsOf(
  message: JsonObject,
  block: { readonly text: string; readonly isHere: (place: number | undefined) => boolean },
): readonly Citation[] {
  const cited = listIn(message.citations).filter(({ content_index: place }) =>
    block.isHere(typeof place === 'number' ? place : undefined),
  )
  if (cited.length === 0) return []
  const offsets = offsetsOf(block.text)
  return cited.flatMap(citation => readCitation(citation, offsets))
}

function readOther(block: JsonObject): readonly ReplyPart[] {
  if (block.type === 'thinking') {
    const text = textIn(block.thinking)
    return text === undefined ? [] : [{ kind: 'reasoning', text }]
  }
  return [{ kind: 'other', itemKind: textIn(block.type) ?? 'unknown' }]
}

function readCall(call: JsonObject, replyId: string, index: number): ReplyPart {
  const called = isJsonObject(call.function) ? call.function : {}
  return {
    kind: 'toolCall',
    id: textIn(call.id) ?? mintCallId(replyId, index),
    name: textIn(called.name) ?? '',
    argumentsText: argumentsIn(called.arguments).trim() === '' ? '{}' : argumentsIn(called.arguments),
  }
}

/** Text as the model wrote it; null or nothing for a tool that takes no arguments. */
export function argumentsIn(value: JsonValue | undefined): string {
  if (typeof value === 'string') return value
  return isJsonObject(value) ? JSON.stringify(value) : ''
}
