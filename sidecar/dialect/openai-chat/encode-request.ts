// The neutral completion → a chat request. What the wire or the model cannot take is left out and named in `lost`.
import { noteCacheMarks } from '../cache-marks.ts'
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  NeutralParameter,
  ReasoningWish,
} from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { nearestEffort } from '../nearest-effort.ts'
import { encodeMessages } from './encode-messages.ts'
import { fitVendor } from './fit-vendor.ts'
import { habitsOf, type ModelHabits } from './model-habits.ts'
import { vendorHabitsOf } from './vendor-habits.ts'

type Lost = Set<NeutralParameter | string>
type Body = Record<string, JsonValue>

export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const habits = habitsOf(change.model)
  const vendorHabits = vendorHabitsOf(change.endpoint)
  const lost: Lost = new Set()
  const body: Body = {
    model: change.model,
    messages: markPrefill(
      encodeMessages(request.messages, { ...habits, ...vendorHabits }, lost),
      vendorHabits?.prefillMark,
    ),
  }
  writeTools(request, body)
  writeLimit(request, change, body, habits)
  if (habits.takesSampling) writeSampling(request, body)
  else noteSampling(request, lost)
  writeAnswerWishes(request, body, habits, lost)
  if (request.topK !== undefined) lost.add('topK')
  noteCacheMarks(request, lost)
  if (request.stream) {
    body.stream = true
    if (change.wantUsage) body.stream_options = { include_usage: true }
  }
  const fitted = fitVendor(body, change, lost)
  return { body: fitted, lost: [...lost], headers: {} }
}

function markPrefill(messages: readonly JsonObject[], mark: string | undefined): readonly JsonObject[] {
  const last = messages.at(-1)
  if (mark === undefined || last?.role !== 'assistant' || last.tool_calls !== undefined) return messages
  return [...messages.slice(0, -1), { ...last, [mark]: true }]
}

/** Without tools neither a choice nor the parallel switch is accepted, and neither means anything. */
function writeTools(request: CompletionRequest, body: Body): void {
  if (request.tools.length === 0) return
  body.tools = request.tools.map(tool => ({
    type: 'function',
    function: {
      name: tool.name,
      ...(tool.description !== undefined && { description: tool.description }),
      parameters: withProperties(tool.parameters),
      ...(tool.strict !== undefined && { strict: tool.strict }),
    },
  }))
  const choice = request.toolChoice
  if (choice !== undefined) {
    body.tool_choice =
      choice.kind === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.kind
  }
  if (request.parallelToolCalls !== undefined) body.parallel_tool_calls = request.parallelToolCalls
}

/** An object without a list of its properties, and a schema without a type, are refused as the root. */
function withProperties(parameters: JsonObject): JsonObject {
  const { type = 'object', properties = {} } = parameters
  return type === 'object' ? { ...parameters, type, properties } : parameters
}

function writeLimit(
  request: CompletionRequest,
  change: RequestChange,
  body: Body,
  habits: ModelHabits,
): void {
  const limits = [request.maxOutputTokens, change.maxOutputTokens].filter(limit => limit !== undefined)
  if (limits.length > 0) body[habits.tokenLimit] = Math.min(...limits)
}

const maxStopSequences = 4

function writeSampling(request: CompletionRequest, body: Body): void {
  if (request.temperature !== undefined) body.temperature = request.temperature
  if (request.topP !== undefined) body.top_p = request.topP
  if (request.frequencyPenalty !== undefined) body.frequency_penalty = request.frequencyPenalty
  if (request.presencePenalty !== undefined) body.presence_penalty = request.presencePenalty
  if (request.logprobs !== undefined) {
    body.logprobs = true
    if (request.logprobs.top !== undefined) body.top_logprobs = request.logprobs.top
  }
}

/** Reasoning models answer any of these with a 400, which would end the walk. One is what they do anyway. */
function noteSampling(request: CompletionRequest, lost: Lost): void {
  if (request.temperature !== undefined && request.temperature !== 1) lost.add('temperature')
  if (request.topP !== undefined && request.topP !== 1) lost.add('topP')
  if (request.frequencyPenalty) lost.add('frequencyPenalty')
  if (request.presencePenalty) lost.add('presencePenalty')
  if (request.logprobs !== undefined) lost.add('logprobs')
}

function writeAnswerWishes(request: CompletionRequest, body: Body, habits: ModelHabits, lost: Lost): void {
  const stop = request.stop ?? []
  if (stop.length > 0) {
    if (habits.takesSampling) body.stop = stop.slice(0, maxStopSequences)
    if (!habits.takesSampling || stop.length > maxStopSequences) lost.add('stop')
  }
  if (request.seed !== undefined) body.seed = request.seed
  if (request.choices !== undefined) body.n = request.choices
  const format = encodeFormat(request, lost)
  if (format !== undefined) body.response_format = format
  if (request.reasoning !== undefined) writeEffort(request.reasoning, body, habits, lost)
  if (request.endUser !== undefined) body.user = request.endUser
  if (request.serviceTier !== undefined) {
    if (serviceTiers.has(request.serviceTier)) body.service_tier = request.serviceTier
    else lost.add('serviceTier')
  }
}

const serviceTiers = new Set(['auto', 'default', 'flex', 'scale', 'priority'])

function encodeFormat({ responseFormat }: CompletionRequest, lost: Lost): JsonObject | undefined {
  if (responseFormat === undefined) return undefined
  if (responseFormat.kind === 'json') return { type: 'json_object' }
  const { name, schema, strict, description } = responseFormat
  // Elsewhere the answer may be a list; here the root has to be an object.
  if (schema.type !== 'object') {
    lost.add('responseFormat')
    return undefined
  }
  return {
    type: 'json_schema',
    json_schema: {
      name,
      ...(description !== undefined && { description }),
      schema,
      ...(strict !== undefined && { strict }),
    },
  }
}

/** An effort is carried, or the nearest one. A budget is told as an effort where the model surely reasons; the number is lost. */
function writeEffort(wish: ReasoningWish, body: Body, habits: ModelHabits, lost: Lost): void {
  const asked = effortOf(wish, habits)
  const effort = asked === undefined ? undefined : nearestEffort(asked, habits.efforts)
  if (effort !== undefined) body.reasoning_effort = effort
  if (wish.budgetTokens !== undefined || !habits.takesEffort || effort !== asked) lost.add('reasoning')
}

function effortOf({ effort, budgetTokens }: ReasoningWish, habits: ModelHabits): string | undefined {
  if (effort !== undefined && habits.takesEffort) return effort
  return budgetTokens !== undefined && habits.reasons ? effortFor(budgetTokens) : undefined
}

function effortFor(budgetTokens: number): string {
  if (budgetTokens <= 2048) return 'low'
  return budgetTokens <= 16_384 ? 'medium' : 'high'
}
