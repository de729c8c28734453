// The neutral completion → a Cohere chat request. What the wire or the model cannot take is left out and named in `lost`.
import { noteCacheMarks } from '../cache-marks.ts'
import type { CompletionRequest, JsonObject, JsonValue, NeutralParameter, Tool } from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { encodeMessages } from './encode-messages.ts'
import { habitsOf, type ModelHabits } from './model-habits.ts'

type Lost = Set<NeutralParameter | string>
type Body = Record<string, JsonValue>

export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const habits = habitsOf(change.model)
  const lost: Lost = new Set()
  const body: Body = { model: change.model, messages: encodeMessages(request.messages, { habits, lost }) }
  if (request.stream) body.stream = true
  writeTools(request, body, lost)
  const limits = [request.maxOutputTokens, change.maxOutputTokens].filter(limit => limit !== undefined)
  if (limits.length > 0) body.max_tokens = Math.min(...limits)
  writeSampling(request, body, lost)
  writeStop(request, body, lost)
  writeFormat(request, body, lost)
  writeThinking(request, habits, body, lost)
  noteUncarried(request, lost)
  noteCacheMarks(request, lost)
  return { body, lost: [...lost], headers: {} }
}

function writeTools(request: CompletionRequest, body: Body, lost: Lost): void {
  if (request.tools.length === 0) return
  const { toolChoice: choice } = request
  const named = choice?.kind === 'tool' ? request.tools.filter(tool => tool.name === choice.name) : []
  // A single tool cannot be named: where it is the only one that is offered, it is the one that is called.
  const tools = named.length > 0 ? named : request.tools
  body.tools = tools.map(encodeTool)
  const isStrict = tools.every(tool => tool.strict === true)
  if (isStrict) body.strict_tools = true
  else if (tools.some(tool => tool.strict === true)) lost.add('tools.strict')
  if (choice?.kind === 'none') body.tool_choice = 'NONE'
  else if (choice !== undefined && choice.kind !== 'auto') body.tool_choice = 'REQUIRED'
  if (request.parallelToolCalls === false) lost.add('parallelToolCalls')
}

function encodeTool({ name, description, parameters }: Tool): JsonObject {
  return {
    type: 'function',
    function: { name, ...(description !== undefined && { description }), parameters },
  }
}

function writeSampling(request: CompletionRequest, body: Body, lost: Lost): void {
  if (request.temperature !== undefined) body.temperature = request.temperature
  // The wire stops short of one, which for every vendor means no cut at all.
  if (request.topP !== undefined) body.p = clamp(request.topP, 0.01, 0.99)
  if (request.topK !== undefined) {
    body.k = clamp(request.topK, 0, 500)
    if (body.k !== request.topK) lost.add('topK')
  }
  if (request.seed !== undefined) body.seed = request.seed
  writePenalty(request, body, lost)
  if (request.logprobs !== undefined) {
    body.logprobs = true
    if (request.logprobs.top) lost.add('logprobs')
  }
}

/** Penalties reward nothing here: a negative one has no counterpart, and one above 1 is cut. */
function writePenalty(request: CompletionRequest, body: Body, lost: Lost): void {
  const members = { frequencyPenalty: 'frequency_penalty', presencePenalty: 'presence_penalty' } as const
  for (const name of ['frequencyPenalty', 'presencePenalty'] as const) {
    const asked = request[name]
    if (!asked) continue
    if (asked > 0) body[members[name]] = Math.min(asked, 1)
    if (asked < 0 || asked > 1) lost.add(name)
  }
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value))
}

const maxStopSequences = 5

function writeStop(request: CompletionRequest, body: Body, lost: Lost): void {
  const { stop = [] } = request
  if (stop.length > 0) body.stop_sequences = stop.slice(0, maxStopSequences)
  if (stop.length > maxStopSequences) lost.add('stop')
}

/** Beside tools the wire refuses any format. */
function writeFormat(request: CompletionRequest, body: Body, lost: Lost): void {
  const { responseFormat: format } = request
  if (format === undefined) return
  if (request.tools.length > 0) {
    lost.add('responseFormat')
    return
  }
  body.response_format = {
    type: 'json_object',
    ...(format.kind === 'jsonSchema' && { json_schema: format.schema }),
  }
}

/** A budget is carried. An effort is none: between thinking and not thinking the wire knows nothing else. */
function writeThinking(request: CompletionRequest, habits: ModelHabits, body: Body, lost: Lost): void {
  const wish = request.reasoning
  if (wish === undefined) return
  if (wish.effort === 'none') {
    // A model that never thinks does as it was asked.
    if (habits.reasons) body.thinking = { type: 'disabled' }
    return
  }
  if (!habits.reasons) {
    lost.add('reasoning')
    return
  }
  const budget = wish.budgetTokens
  body.thinking = { type: 'enabled', ...(budget !== undefined && { token_budget: budget }) }
  if (wish.effort !== undefined) lost.add('reasoning')
}

/** Parameters without a word on this wire. Values that change nothing are no loss. */
function noteUncarried(request: CompletionRequest, lost: Lost): void {
  if (request.choices !== undefined && request.choices !== 1) lost.add('choices')
  if (request.endUser !== undefined) lost.add('endUser')
  const tier = request.serviceTier
  if (tier !== undefined && tier !== 'auto' && tier !== 'default') lost.add('serviceTier')
}
