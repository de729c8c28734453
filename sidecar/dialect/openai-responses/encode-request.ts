// The neutral completion → a Responses request. What the wire or the model cannot take is left out and named in `lost`.
import { noteCacheMarks } from '../cache-marks.ts'
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  NeutralParameter,
  ReasoningWish,
} from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { habitsOf, type ModelHabits } from '../openai-chat/model-habits.ts'
import { encodeMessages } from './encode-messages.ts'

type Lost = Set<NeutralParameter | string>
type Body = Record<string, JsonValue>

export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const habits = habitsOf(change.model)
  const lost: Lost = new Set()
  const { instructions, input } = encodeMessages(request.messages, lost)
  const body: Body = { model: change.model }
  if (instructions !== undefined) body.instructions = instructions
  body.input = input
  writeTools(request, body)
  writeLimit(request, change, body, lost)
  writeSampling(request, body, habits, lost)
  writeAnswerWishes(request, body, habits, lost)
  noteUncarried(request, lost)
  noteCacheMarks(request, lost)
  // The vendor keeps answers unless told otherwise; the caller's own vendor was not asked to.
  body.store = false
  if (request.stream) body.stream = true
  return { body, lost: [...lost], headers: {} }
}

/** Without tools neither a choice nor the parallel switch is accepted, and neither means anything. */
function writeTools(request: CompletionRequest, body: Body): void {
  if (request.tools.length === 0) return
  body.tools = request.tools.map(tool => ({
    type: 'function',
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    parameters: tool.parameters,
    // Left out it is on here and off everywhere else, and an open schema would be refused.
    strict: tool.strict ?? false,
  }))
  const choice = request.toolChoice
  if (choice !== undefined) {
    body.tool_choice = choice.kind === 'tool' ? { type: 'function', name: choice.name } : choice.kind
  }
  if (request.parallelToolCalls !== undefined) body.parallel_tool_calls = request.parallelToolCalls
}

/** A smaller cap is answered with a 400. */
const leastOutputTokens = 16

function writeLimit(request: CompletionRequest, change: RequestChange, body: Body, lost: Lost): void {
  const limits = [request.maxOutputTokens, change.maxOutputTokens].filter(limit => limit !== undefined)
  if (limits.length === 0) return
  const limit = Math.min(...limits)
  if (limit < leastOutputTokens) lost.add('maxOutputTokens')
  body.max_output_tokens = Math.max(limit, leastOutputTokens)
}

/** Reasoning models answer any of these with a 400, which would end the walk. One is what they do anyway. */
function writeSampling(request: CompletionRequest, body: Body, habits: ModelHabits, lost: Lost): void {
  const { temperature, topP, logprobs } = request
  if (habits.takesSampling) {
    if (temperature !== undefined) body.temperature = temperature
    if (topP !== undefined) body.top_p = topP
    if (logprobs === undefined) return
    body.include = ['message.output_text.logprobs']
    if (logprobs.top !== undefined) body.top_logprobs = logprobs.top
    return
  }
  if (temperature !== undefined && temperature !== 1) lost.add('temperature')
  if (topP !== undefined && topP !== 1) lost.add('topP')
  if (logprobs !== undefined) lost.add('logprobs')
}

function writeAnswerWishes(request: CompletionRequest, body: Body, habits: ModelHabits, lost: Lost): void {
  const format = encodeFormat(request)
  if (format !== undefined) body.text = { format }
  if (request.reasoning !== undefined) writeEffort(request.reasoning, body, habits, lost)
  if (request.endUser !== undefined) body.user = request.endUser
  if (request.serviceTier !== undefined) {
    if (serviceTiers.has(request.serviceTier)) body.service_tier = request.serviceTier
    else lost.add('serviceTier')
  }
}

const serviceTiers = new Set(['auto', 'default', 'flex', 'scale', 'priority'])

function encodeFormat({ responseFormat }: CompletionRequest): JsonObject | undefined {
  if (responseFormat === undefined) return undefined
  if (responseFormat.kind === 'json') return { type: 'json_object' }
  const { name, schema, strict, description } = responseFormat
  return {
    type: 'json_schema',
    name,
    ...(description !== undefined && { description }),
    schema,
    ...(strict !== undefined && { strict }),
  }
}

/** An effort is carried as it is. A budget is told as an effort where the model surely reasons; the number itself is lost. */
function writeEffort(wish: ReasoningWish, body: Body, habits: ModelHabits, lost: Lost): void {
  if (wish.effort !== undefined && habits.takesEffort) body.reasoning = { effort: wish.effort }
  else if (wish.budgetTokens !== undefined && habits.reasons)
    body.reasoning = { effort: effortFor(wish.budgetTokens) }
  if (wish.budgetTokens !== undefined || !habits.takesEffort) lost.add('reasoning')
}

function effortFor(budgetTokens: number): string {
  if (budgetTokens <= 2048) return 'low'
  return budgetTokens <= 16_384 ? 'medium' : 'high'
}

/** Parameters without a word on this wire. Values that change nothing are no loss. */
function noteUncarried(request: CompletionRequest, lost: Lost): void {
  if ((request.stop ?? []).length > 0) lost.add('stop')
  if (request.seed !== undefined) lost.add('seed')
  if (request.topK !== undefined) lost.add('topK')
  if (request.frequencyPenalty) lost.add('frequencyPenalty')
  if (request.presencePenalty) lost.add('presencePenalty')
  if (request.choices !== undefined && request.choices !== 1) lost.add('choices')
}
