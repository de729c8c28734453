// A Responses request → the neutral completion. Strict about what it reads, because a wrong guess would change the question;
// everything it has no neutral word for is named in `untranslated`.
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  Message,
  ReasoningWish,
  ResponseFormat,
} from '../completion.ts'
import {
  isGiven,
  isJsonList,
  isJsonObject,
  readFlag,
  readInteger,
  readList,
  readNumber,
  readObject,
  readRequiredText,
  readText,
} from '../json-value.ts'
import { decodeMessages, type InputContext } from './decode-messages.ts'
import { decodeTools } from './decode-tools.ts'

/** @throws RequestRejected naming the path of what cannot be read. */
export function decodeRequest(body: JsonObject): CompletionRequest {
  const context: InputContext = { untranslated: new Set(), isAtVendor: leansOnVendor(body) }
  const messages: readonly Message[] = [...decodeInstructions(body), ...decodeMessages(body, context)]
  const request: Mutable<CompletionRequest> = {
    model: readRequiredText(body, 'model'),
    stream: readFlag(body, 'stream') ?? false,
    messages,
    ...decodeTools(body, context.untranslated),
    untranslated: [],
  }
  readSampling(body, request, context.untranslated)
  readAnswerWishes(body, request, context.untranslated)
  noteForeignMembers(body, context.untranslated)
  if (context.isAtVendor) request.history = 'vendor'
  return { ...request, untranslated: [...context.untranslated].sort() }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/**
 * Members that point to something kept at the vendor (an earlier answer, a stored prompt), or ask for work that goes on
 * there after the answer: without it the question would be another one.
 */
const vendorMembers = ['previous_response_id', 'conversation', 'prompt'] as const

function leansOnVendor(body: JsonObject): boolean {
  return readFlag(body, 'background') === true || vendorMembers.some(name => isGiven(body[name]))
}

function decodeInstructions(body: JsonObject): readonly Message[] {
  const text = readText(body, 'instructions') ?? ''
  return text === '' ? [] : [{ role: 'system', content: [{ kind: 'text', text }] }]
}

function readSampling(
  body: JsonObject,
  request: Mutable<CompletionRequest>,
  untranslated: Set<string>,
): void {
  const temperature = readNumber(body, 'temperature')
  if (temperature !== undefined) request.temperature = temperature
  const topP = readNumber(body, 'top_p')
  if (topP !== undefined) request.topP = topP
  // Servers of the same format take them, the vendor only echoes them.
  const frequencyPenalty = readNumber(body, 'frequency_penalty')
  if (frequencyPenalty) request.frequencyPenalty = frequencyPenalty
  const presencePenalty = readNumber(body, 'presence_penalty')
  if (presencePenalty) request.presencePenalty = presencePenalty
  const included = readList(body, 'include') ?? []
  const top = readInteger(body, 'top_logprobs')
  if (included.includes(logprobsInclude)) request.logprobs = top === undefined ? {} : { top }
  else if (top) request.logprobs = { top }
  if (included.some(name => name !== logprobsInclude)) untranslated.add('include')
}

const logprobsInclude = 'message.output_text.logprobs'

function readAnswerWishes(
  body: JsonObject,
  request: Mutable<CompletionRequest>,
  untranslated: Set<string>,
): void {
  const limit = readInteger(body, 'max_output_tokens')
  if (limit !== undefined) request.maxOutputTokens = limit
  const parallel = readFlag(body, 'parallel_tool_calls')
  if (parallel !== undefined) request.parallelToolCalls = parallel
  const format = readTextWishes(body, untranslated)
  if (format !== undefined) request.responseFormat = format
  const reasoning = readReasoning(body, untranslated)
  if (reasoning !== undefined) request.reasoning = reasoning
  const endUser = readText(body, 'user') ?? readText(body, 'safety_identifier')
  if (endUser !== undefined) request.endUser = endUser
  const serviceTier = readText(body, 'service_tier')
  if (serviceTier !== undefined) request.serviceTier = serviceTier
}

function readTextWishes(body: JsonObject, untranslated: Set<string>): ResponseFormat | undefined {
  const wishes = readObject(body, 'text') ?? {}
  for (const name of Object.keys(wishes)) {
    const isUsual = name === 'format' || (name === 'verbosity' && wishes[name] === 'medium')
    if (!isUsual && isGiven(wishes[name])) untranslated.add(`text.${name}`)
  }
  const path = 'text.format'
  const format = readObject(wishes, 'format', path)
  if (format === undefined || format.type === 'text') return undefined
  if (format.type === 'json_object') return { kind: 'json' }
  if (format.type !== 'json_schema') {
    untranslated.add(path)
    return undefined
  }
  const strict = readFlag(format, 'strict', `${path}.strict`)
  const description = readText(format, 'description', `${path}.description`)
  return {
    kind: 'jsonSchema',
    name: readText(format, 'name', `${path}.name`) ?? 'answer',
    schema: readObject(format, 'schema', `${path}.schema`) ?? {},
    ...(strict !== undefined && { strict }),
    ...(description !== undefined && { description }),
  }
}

function readReasoning(body: JsonObject, untranslated: Set<string>): ReasoningWish | undefined {
  const wish = readObject(body, 'reasoning') ?? {}
  for (const name of Object.keys(wish)) {
    if (name !== 'effort' && isGiven(wish[name])) untranslated.add(`reasoning.${name}`)
  }
  const effort = readText(wish, 'effort', 'reasoning.effort')
  return effort === undefined ? undefined : { effort }
}

// ── What has no neutral word ───────────────────────────────────────────────────────────────────────────────────────

const readMembers = new Set([
  'model',
  'stream',
  'input',
  'instructions',
  'tools',
  'tool_choice',
  'parallel_tool_calls',
  'max_output_tokens',
  'temperature',
  'top_p',
  'top_logprobs',
  'frequency_penalty',
  'presence_penalty',
  'include',
  'text',
  'reasoning',
  'user',
  'safety_identifier',
  'service_tier',
  // Padding against eavesdroppers: nothing of the answer.
  'stream_options',
])

/** What the vendor does anyway when it is not told. */
const defaults: Readonly<Record<string, JsonValue>> = {
  // Nobody else keeps an answer; only who asks for that loses something.
  store: false,
  background: false,
  truncation: 'disabled',
}

function noteForeignMembers(body: JsonObject, untranslated: Set<string>): void {
  for (const name of Object.keys(body)) {
    if (!readMembers.has(name) && saysSomething(name, body[name])) untranslated.add(name)
  }
}

/** Empty values and the vendor's defaults ask for nothing. */
function saysSomething(name: string, value: JsonValue | undefined): boolean {
  if (!isGiven(value)) return false
  if (isJsonList(value)) return value.length > 0
  if (isJsonObject(value)) return Object.keys(value).length > 0
  return !Object.hasOwn(defaults, name) || value !== defaults[name]
}
