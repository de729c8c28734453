import { classifyInBandError } from '../../failure/classify-in-band.ts'
import type { Failure } from '../../failure/failure.ts'
import type { Choice, CompletionReply, JsonObject, JsonValue, ReplyPart } from '../completion.ts'
import type { DecodedReply } from '../dialect.ts'
import { isJsonList, isJsonObject, memberOf, textIn } from '../json-value.ts'
import { isAnswerTool } from './answer-tool.ts'
import { readCitedText } from './citations.ts'
import { readUnion } from './json-reading.ts'
import { finishOf, isMalformed } from './stop-reason.ts'
import { readUsage } from './usage.ts'

export const malformedAnswer: Failure = {
  kind: 'InvalidResponse',
  detail: 'the model wrote what the provider could not read',
  status: 200,
}

/** Never throws: a body that is no answer is a failure, whatever its status was. */
export function decodeReply(body: JsonObject): DecodedReply {
  const usage = readUsage(body['usage'])
  const counted = usage !== undefined && { usage }
  const content = memberOf(memberOf(body['output'], 'message'), 'content')
  if (!isJsonList(content)) {
    return { kind: 'failed', failure: failureOf(body), ...counted }
  }
  const stopReason = textIn(body['stopReason'])
  if (stopReason !== undefined && isMalformed(stopReason)) {
    return { kind: 'failed', failure: malformedAnswer, ...counted }
  }
  const reply: CompletionReply = {
    // The body names neither: the path of the request says which model answers.
    id: '',
    model: '',
    choices: [decodeChoice(body, content)],
    ...counted,
  }
  return { kind: 'reply', reply }
}

function failureOf(body: JsonObject): Failure {
  if (typeof body['message'] !== 'string' && typeof body['__type'] !== 'string') {
    return { kind: 'InvalidResponse', detail: 'the answer is not a message', status: 200 }
  }
  return classifyInBandError({ dialect: 'Bedrock', error: body })
}

function decodeChoice(body: JsonObject, content: readonly JsonValue[]): Choice {
  const vendorFinish = textIn(body['stopReason'])
  const parts = content.flatMap(block => (isJsonObject(block) ? decodeBlock(block) : []))
  const stopSequence = stopSequenceIn(body['additionalModelResponseFields'])
  const hasCalls = parts.some(part => part.kind === 'toolCall')
  // The tool that carries the answer itself is no call to the caller.
  const isAnswer = vendorFinish === 'tool_use' && !hasCalls && content.some(isAnswerCall)
  const finish = isAnswer ? 'stop' : vendorFinish === undefined ? null : finishOf(vendorFinish)
  return {
    content: parts,
    finish,
    vendorFinish: vendorFinish ?? null,
    ...(stopSequence !== undefined && { stopSequence }),
  }
}

/** Only told where the request asked for it. */
export function stopSequenceIn(fields: JsonValue | undefined): string | undefined {
  return textIn(memberOf(fields, 'stop_sequence'))
}

function isAnswerCall(block: JsonValue): boolean {
  return isAnswerTool(memberOf(memberOf(block, 'toolUse'), 'name'))
}

function decodeBlock(block: JsonObject): readonly ReplyPart[] {
  const content = readUnion(block)
  if (content === undefined) return []
  switch (content.kind) {
    case 'text': {
      const text = textIn(content.value) ?? ''
      return text === '' ? [] : [{ kind: 'text', text }]
    }
    case 'toolUse':
      return decodeToolUse(content.value)
    case 'reasoningContent':
      return decodeReasoning(content.value)
    case 'citationsContent': {
      const cited = readCitedText(content.value)
      return cited.text === '' ? [] : [cited]
    }
    default:
      return [{ kind: 'other', itemKind: content.kind }]
  }
}

function decodeToolUse(value: JsonValue): readonly ReplyPart[] {
  const type = textIn(memberOf(value, 'type'))
  if (type === 'server_tool_use') return [{ kind: 'other', itemKind: type }]
  const argumentsText = JSON.stringify(memberOf(value, 'input') ?? {})
  const name = memberOf(value, 'name')
  if (isAnswerTool(name)) return [{ kind: 'text', text: argumentsText }]
  const id = textIn(memberOf(value, 'toolUseId')) ?? ''
  return [{ kind: 'toolCall', id, name: textIn(name) ?? '', argumentsText }]
}

function decodeReasoning(value: JsonValue): readonly ReplyPart[] {
  const redactedData = textIn(memberOf(value, 'redactedContent'))
  if (redactedData !== undefined) return [{ kind: 'reasoning', text: '', redactedData }]
  const reasoning = memberOf(value, 'reasoningText')
  const signature = textIn(memberOf(reasoning, 'signature'))
  const text = textIn(memberOf(reasoning, 'text')) ?? ''
  return [{ kind: 'reasoning', text, ...(signature !== undefined && { signature }) }]
}
