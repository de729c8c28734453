// A Cohere chat request → the neutral completion. Strict about what it reads, because a wrong guess would change the question;
// everything it has no neutral word for is named in `untranslated`.
import { isClosedSchema } from '../anthropic-messages/schema-limits.ts'
import type { CompletionRequest, JsonObject, ReasoningWish, ResponseFormat } from '../completion.ts'
import {
  isFilled,
  isGiven,
  readFlag,
  readInteger,
  readList,
  readNumber,
  readObject,
  readRequiredText,
  refuseMember,
} from '../json-value.ts'
import { decodeDocuments, placeDocuments } from './decode-documents.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'

/** @throws RequestRejected naming the path of what cannot be read. */
export function decodeRequest(body: JsonObject): CompletionRequest {
  const untranslated = new Set<string>()
  const toolChoice = decodeToolChoice(body)
  const responseFormat = decodeFormat(body, untranslated)
  const reasoning = decodeThinking(body)
  const documents = decodeDocuments(body, untranslated)
  const messages = decodeMessages(body, untranslated)
  const request = {
    model: readRequiredText(body, 'model'),
    stream: readFlag(body, 'stream') ?? false,
    messages: documents === undefined ? messages : placeDocuments(messages, documents),
    tools: decodeTools(body, untranslated),
    ...(toolChoice !== undefined && { toolChoice }),
    ...decodeLimits(body),
    ...decodeSampling(body),
    ...(responseFormat !== undefined && { responseFormat }),
    ...(reasoning !== undefined && { reasoning }),
  }
  for (const name of Object.keys(body)) {
    if (!readMembers.has(name) && isFilled(body[name])) untranslated.add(name)
  }
  return { ...request, untranslated: [...untranslated].sort() }
}

const readMembers = new Set([
  'model',
  'stream',
  'messages',
  'documents',
  'tools',
  'strict_tools',
  'tool_choice',
  'max_tokens',
  'stop_sequences',
  'temperature',
  'p',
  'k',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'logprobs',
  'response_format',
  'thinking',
])

function decodeLimits(body: JsonObject): Partial<CompletionRequest> {
  const maxOutputTokens = readInteger(body, 'max_tokens')
  const stop = (readList(body, 'stop_sequences') ?? []).map((word, index) => {
    if (typeof word !== 'string') throw refuseMember(`stop_sequences[${index}]`, 'a string')
    return word
  })
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(stop.length > 0 && { stop }),
  }
}

/** Zero and false are what the vendor assumes anyway: carrying them would only report losses that are none. */
function decodeSampling(body: JsonObject): Partial<CompletionRequest> {
  const temperature = readNumber(body, 'temperature')
  const topP = readNumber(body, 'p')
  const topK = readInteger(body, 'k')
  const seed = readInteger(body, 'seed')
  const frequencyPenalty = readNumber(body, 'frequency_penalty')
  const presencePenalty = readNumber(body, 'presence_penalty')
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && topK > 0 && { topK }),
    ...(seed !== undefined && { seed }),
    ...(frequencyPenalty && { frequencyPenalty }),
    ...(presencePenalty && { presencePenalty }),
    ...(readFlag(body, 'logprobs') === true && { logprobs: {} }),
  }
}

/** A schema is always enforced by this vendor, but an open one is more than the strict mode of others takes. */
function decodeFormat(body: JsonObject, untranslated: Set<string>): ResponseFormat | undefined {
  const format = readObject(body, 'response_format')
  if (format === undefined || format.type === 'text') return undefined
  if (format.type !== 'json_object') {
    untranslated.add('response_format')
    return undefined
  }
  // `schema` is the name that the member had before.
  const name = isGiven(format.json_schema) ? 'json_schema' : 'schema'
  const schema = readObject(format, name, `response_format.${name}`)
  if (schema === undefined) return { kind: 'json' }
  return { kind: 'jsonSchema', name: 'answer', schema, ...(isClosedSchema(schema) && { strict: true }) }
}

/** Thinking is what reasoning models do anyway: switched on without a budget it asks for nothing. */
function decodeThinking(body: JsonObject): ReasoningWish | undefined {
  const thinking = readObject(body, 'thinking')
  if (thinking === undefined) return undefined
  if (thinking.type === 'disabled') return { effort: 'none' }
  const budgetTokens = readInteger(thinking, 'token_budget', 'thinking.token_budget')
  return budgetTokens === undefined ? undefined : { budgetTokens }
}
