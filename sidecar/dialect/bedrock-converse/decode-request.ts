import { isClosedSchema } from '../anthropic-messages/schema-limits.ts'
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  ReasoningWish,
  ResponseFormat,
} from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import {
  isFilled,
  isGiven,
  isJsonList,
  isJsonObject,
  memberOf,
  parseLeniently,
  readInteger,
  readNumber,
  textIn,
} from '../json-value.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import { decodeModelFields } from './decode-model-fields.ts'
import { decodeTools } from './decode-tools.ts'
import { reject, requireList, requireObject, requireText } from './json-reading.ts'

/** Members that the neutral form has a word for; the names of all others are lost on a hop to another vendor. */
const translated = new Set([
  'messages',
  'system',
  'inferenceConfig',
  'toolConfig',
  'additionalModelRequestFields',
  'outputConfig',
  'serviceTier',
])

const translatedInference = new Set(['maxTokens', 'temperature', 'topP', 'stopSequences'])

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this dialect. */
export function decodeRequest(
  body: JsonObject,
  head?: Pick<RequestHead, 'model' | 'stream'>,
): CompletionRequest {
  const lost = new Set<string>()
  for (const [name, value] of Object.entries(body)) {
    if (!translated.has(name) && isFilled(value) && !changesNothing(name, value)) lost.add(name)
  }
  const output = isGiven(body['outputConfig']) ? requireObject(body['outputConfig'], 'outputConfig') : {}
  const fields = decodeModelFields(body['additionalModelRequestFields'], lost)
  const format = decodeFormat(output['textFormat'], lost)
  const reasoning = reasoningOf(fields.reasoning, textIn(output['effort']))
  const serviceTier = textIn(memberOf(body['serviceTier'], 'type'))
  const { reasoning: _reasoning, ...own } = fields
  const request = {
    model: head?.model ?? '',
    stream: head?.stream ?? false,
    ...decodeConversation(body, lost),
    ...decodeTools(body['toolConfig'], lost),
    ...decodeInference(body['inferenceConfig'], lost),
    ...own,
    ...(format !== undefined && { responseFormat: format }),
    ...(reasoning !== undefined && { reasoning }),
    ...(serviceTier !== undefined && { serviceTier }),
  }
  return { ...request, untranslated: [...lost] }
}

/** Standard latency is what everybody gives, and the stop sequence that was met is part of every answer. */
function changesNothing(name: string, value: JsonValue): boolean {
  if (name === 'performanceConfig') return memberOf(value, 'latency') === 'standard'
  if (name !== 'additionalModelResponseFieldPaths') return false
  return isJsonList(value) && value.every(path => path === '/stop_sequence')
}

function decodeConversation(
  body: JsonObject,
  lost: Set<string>,
): Pick<CompletionRequest, 'messages' | 'history'> {
  const system = decodeSystem(body['system'], lost)
  // A prompt that is managed at the vendor: the request only fills in its blanks.
  if (isGiven(body['promptVariables']) && !isFilled(body['messages'])) {
    return { messages: system, history: 'vendor' }
  }
  const messages = [...system, ...decodeMessages(body['messages'], lost)]
  return isGiven(body['promptVariables']) ? { messages, history: 'vendor' } : { messages }
}

function decodeInference(value: JsonValue | undefined, lost: Set<string>): Partial<CompletionRequest> {
  if (!isGiven(value)) return {}
  const config = requireObject(value, 'inferenceConfig')
  for (const [name, member] of Object.entries(config)) {
    if (!translatedInference.has(name) && isGiven(member)) lost.add(`inferenceConfig.${name}`)
  }
  const maxOutputTokens = readInteger(config, 'maxTokens', 'inferenceConfig.maxTokens')
  const temperature = readNumber(config, 'temperature', 'inferenceConfig.temperature')
  const topP = readNumber(config, 'topP', 'inferenceConfig.topP')
  const stop = isGiven(config['stopSequences'])
    ? requireList(config['stopSequences'], 'inferenceConfig.stopSequences')
    : []
  const words = stop.map((word, index) => requireText(word, `inferenceConfig.stopSequences[${index}]`))
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(words.length > 0 && { stop: words }),
  }
}

const formatPath = 'outputConfig.textFormat'

function decodeFormat(value: JsonValue | undefined, lost: Set<string>): ResponseFormat | undefined {
  if (!isGiven(value)) return undefined
  const definition = memberOf(memberOf(value, 'structure'), 'jsonSchema')
  if (memberOf(value, 'type') !== 'json_schema' || !isJsonObject(definition)) {
    lost.add(formatPath)
    return undefined
  }
  const schema = readSchema(definition['schema'])
  const description = textIn(definition['description'])
  // Always enforced by this vendor, but an open schema is more than the strict mode of others takes.
  return {
    kind: 'jsonSchema',
    name: textIn(definition['name']) ?? 'answer',
    schema,
    ...(isClosedSchema(schema) && { strict: true }),
    ...(description !== undefined && { description }),
  }
}

/** The schema travels as JSON text. */
function readSchema(value: JsonValue | undefined): JsonObject {
  const schema = typeof value === 'string' ? parseLeniently(value) : value
  if (isJsonObject(schema)) return schema
  return reject(`${formatPath}.structure.jsonSchema.schema`, 'the JSON text of a schema')
}

function reasoningOf(wish: ReasoningWish | undefined, effort: string | undefined): ReasoningWish | undefined {
  return effort === undefined ? wish : { ...wish, effort }
}
