// A chat request → the neutral completion. Strict about what it reads, because a wrong guess would change the question;
// everything it has no neutral word for is named in `untranslated`.
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  ReasoningWish,
  ResponseFormat,
} from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import {
  isGiven,
  isJsonList,
  isJsonObject,
  readFlag,
  readInteger,
  readNumber,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
} from '../json-value.ts'
import { decodeMessages } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'

/** @throws RequestRejected naming the path of what cannot be read. */
export function decodeRequest(body: JsonObject, head?: Pick<RequestHead, 'model'>): CompletionRequest {
  const untranslated = new Set<string>()
  const tools = decodeTools(body, untranslated)
  const request: Mutable<CompletionRequest> = {
    model: head?.model ?? readRequiredText(body, 'model'),
    stream: readFlag(body, 'stream') ?? false,
    messages: decodeMessages(body, untranslated),
    tools,
    untranslated: [],
  }
  const toolChoice = decodeToolChoice(body, untranslated)
  if (toolChoice !== undefined) request.toolChoice = toolChoice
  readSampling(body, request)
  readAnswerWishes(body, request, untranslated)
  noteForeignMembers(body, untranslated)
  return { ...request, untranslated: [...untranslated].sort() }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function readSampling(body: JsonObject, request: Mutable<CompletionRequest>): void {
  const temperature = readNumber(body, 'temperature')
  if (temperature !== undefined) request.temperature = temperature
  const topP = readNumber(body, 'top_p')
  if (topP !== undefined) request.topP = topP
  const topK = readInteger(body, 'top_k')
  if (topK !== undefined) request.topK = topK
  const seed = readInteger(body, 'seed')
  if (seed !== undefined) request.seed = seed
  // Zero, one and false are what the vendor assumes anyway: carrying them would only report losses that are none.
  const frequencyPenalty = readNumber(body, 'frequency_penalty')
  if (frequencyPenalty) request.frequencyPenalty = frequencyPenalty
  const presencePenalty = readNumber(body, 'presence_penalty')
  if (presencePenalty) request.presencePenalty = presencePenalty
  const choices = readInteger(body, 'n')
  if (choices !== undefined && choices !== 1) request.choices = choices
  const top = readInteger(body, 'top_logprobs')
  if (readFlag(body, 'logprobs') === true) request.logprobs = top === undefined ? {} : { top }
}

function readAnswerWishes(
  body: JsonObject,
  request: Mutable<CompletionRequest>,
  untranslated: Set<string>,
): void {
  const limit = readInteger(body, 'max_completion_tokens') ?? readInteger(body, 'max_tokens')
  if (limit !== undefined) request.maxOutputTokens = limit
  const stop = readStop(body)
  if (stop.length > 0) request.stop = stop
  const parallel = readFlag(body, 'parallel_tool_calls')
  if (parallel !== undefined) request.parallelToolCalls = parallel
  const format = readResponseFormat(body, untranslated)
  if (format !== undefined) request.responseFormat = format
  const reasoning = readReasoning(body, untranslated)
  if (reasoning !== undefined) request.reasoning = reasoning
  const endUser = readText(body, 'user')
  if (endUser !== undefined) request.endUser = endUser
  const serviceTier = readText(body, 'service_tier')
  if (serviceTier !== undefined) request.serviceTier = serviceTier
}

function readStop(body: JsonObject): readonly string[] {
  const { stop } = body
  if (!isGiven(stop)) return []
  if (typeof stop === 'string') return [stop]
  if (!isJsonList(stop)) throw refuseMember('stop', 'a string or a list of strings')
  return stop.map((word, index) => {
    if (typeof word !== 'string') throw refuseMember(`stop[${index}]`, 'a string')
    return word
  })
}

function readResponseFormat(body: JsonObject, untranslated: Set<string>): ResponseFormat | undefined {
  const format = readObject(body, 'response_format')
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json_object') return { kind: 'json' }
  if (format.type !== 'json_schema') {
    untranslated.add('response_format')
    return undefined
  }
  const path = 'response_format.json_schema'
  const described = readObject(format, 'json_schema', path) ?? {}
  const strict = readFlag(described, 'strict', `${path}.strict`)
  const description = readText(described, 'description', `${path}.description`)
  return {
    kind: 'jsonSchema',
    name: readText(described, 'name', `${path}.name`) ?? 'answer',
    schema: readObject(described, 'schema', `${path}.schema`) ?? {},
    ...(strict !== undefined && { strict }),
    ...(description !== undefined && { description }),
  }
}

/** `reasoning_effort`, or the object by which routers ask for the same. */
function readReasoning(body: JsonObject, untranslated: Set<string>): ReasoningWish | undefined {
  const wish = isJsonObject(body.reasoning) ? body.reasoning : {}
  for (const name of Object.keys(wish)) {
    if (name !== 'effort' && name !== 'max_tokens' && isGiven(wish[name]))
      untranslated.add(`reasoning.${name}`)
  }
  const effort = readText(body, 'reasoning_effort') ?? readText(wish, 'effort', 'reasoning.effort')
  const budgetTokens = readInteger(wish, 'max_tokens', 'reasoning.max_tokens')
  if (effort === undefined && budgetTokens === undefined) return undefined
  return { ...(effort !== undefined && { effort }), ...(budgetTokens !== undefined && { budgetTokens }) }
}

// ── What has no neutral word ───────────────────────────────────────────────────────────────────────────────────────

const readMembers = new Set([
  'model',
  'stream',
  'messages',
  'tools',
  'tool_choice',
  'functions',
  'function_call',
  'parallel_tool_calls',
  'max_tokens',
  'max_completion_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'n',
  'logprobs',
  'top_logprobs',
  'response_format',
  'reasoning_effort',
  'reasoning',
  'user',
  'service_tier',
  'stream_options',
])

function noteForeignMembers(body: JsonObject, untranslated: Set<string>): void {
  for (const name of Object.keys(body)) {
    if (!readMembers.has(name) && saysSomething(name, body[name])) untranslated.add(name)
  }
  const options = readObject(body, 'stream_options') ?? {}
  for (const name of Object.keys(options)) {
    if (name !== 'include_usage' && isGiven(options[name])) untranslated.add(`stream_options.${name}`)
  }
}

/** Empty values and the vendor's defaults ask for nothing. */
function saysSomething(name: string, value: JsonValue | undefined): boolean {
  if (!isGiven(value)) return false
  if (isJsonList(value)) return name === 'modalities' ? value.some(item => item !== 'text') : value.length > 0
  if (isJsonObject(value)) return Object.keys(value).length > 0
  return !(name === 'store' && value === false)
}
