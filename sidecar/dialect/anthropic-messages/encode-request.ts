import type { CompletionRequest, JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { CacheMarks } from './cache-marks.ts'
import { encodeConversation, type WireTurn } from './encode-messages.ts'
import { encodeTools, type ToolMembers } from './encode-tools.ts'
import { adaptSchema } from './schema-limits.ts'

/** The version that still takes temperature, top_p and top_k. */
const versionWithSampling = '2023-06-01'
const newestVersion = '2026-10-21'

/** The wire demands a number even where neither the caller nor the policy gave one. */
const fallbackMaxTokens = 4096

/** Below this many tokens a thinking budget is refused. */
const leastThinkingTokens = 1024

type Lost = Set<NeutralParameter | string>

/** Never throws: what this wire cannot carry is left out and named in `lost`. */
export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const lost: Lost = new Set()
  const maxTokens = maxTokensFor(request, change, lost)
  const format = encodeFormat(request, lost)
  const marks = new CacheMarks(lost)
  const tools = encodeTools(request, { lost, marks })
  const conversation = encodeConversation(request.messages, {
    lost,
    marks,
    // A reply with a fixed form begins at its beginning: it cannot continue the caller's words.
    allowsPrefill: format === undefined && !isForced(tools),
  })
  const thinking = encodeThinking(request, { maxTokens, tools, messages: conversation.messages }, lost)
  const sampling = thinking === undefined ? encodeSampling(request, lost) : dropSampling(request, lost)
  noteUncarried(request, lost)
  const body: JsonObject = {
    model: change.model,
    max_tokens: maxTokens,
    ...(conversation.system !== undefined && { system: conversation.system }),
    messages: conversation.messages,
    ...tools,
    ...(thinking !== undefined && { thinking }),
    ...(format !== undefined && { output_config: { format } }),
    ...sampling,
    ...encodeStop(request, lost),
    ...(request.endUser !== undefined && { metadata: { user_id: request.endUser } }),
    ...encodeServiceTier(request, lost),
    ...(request.stream && { stream: true }),
  }
  const version = Object.keys(sampling).length > 0 ? versionWithSampling : newestVersion
  return { body, lost: [...lost], headers: { 'anthropic-version': version } }
}

function maxTokensFor(request: CompletionRequest, change: RequestChange, lost: Lost): number {
  const cap = change.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const limit = change.modelMaxOutputTokens ?? Number.POSITIVE_INFINITY
  const wanted = Math.min(request.maxOutputTokens ?? cap, cap)
  if (wanted === Number.POSITIVE_INFINITY) return change.modelMaxOutputTokens ?? fallbackMaxTokens
  // The policy's cap is what the policy wants; a model that cannot write as much is a loss.
  if (wanted > limit && request.maxOutputTokens !== undefined) lost.add('maxOutputTokens')
  return Math.min(wanted, limit)
}

function encodeFormat(request: CompletionRequest, lost: Lost): JsonObject | undefined {
  const format = request.responseFormat
  if (format === undefined) return undefined
  const adapted = format.kind === 'jsonSchema' ? adaptSchema(format.schema) : undefined
  if (!adapted?.isFaithful) lost.add('responseFormat')
  return adapted === undefined ? undefined : { type: 'json_schema', schema: adapted.schema }
}

/** `any` or a named tool: the model has to call. */
function isForced(tools: ToolMembers): boolean {
  const type = tools.tool_choice?.['type']
  return type === 'any' || type === 'tool'
}

interface ThinkingSurroundings {
  readonly maxTokens: number
  readonly tools: ToolMembers
  readonly messages: readonly WireTurn[]
}

/**
 * A budget is carried where thinking cannot make the call invalid: no forced tool, no prefill, no tool call in the history whose
 * thinking stayed behind. An effort word is not: which form a model takes differs from one to the next, and a wrong one is refused.
 */
function encodeThinking(
  request: CompletionRequest,
  surroundings: ThinkingSurroundings,
  lost: Lost,
): JsonObject | undefined {
  const wish = request.reasoning
  if (wish === undefined || wish.effort === 'none') return undefined
  const budget = wish.budgetTokens
  const { maxTokens, tools, messages } = surroundings
  const isPossible =
    budget !== undefined &&
    budget >= leastThinkingTokens &&
    budget < maxTokens &&
    !isForced(tools) &&
    messages.at(-1)?.role === 'user' &&
    !request.messages.some(message => message.content.some(part => part.kind === 'toolCall'))
  if (!isPossible || wish.effort !== undefined) lost.add('reasoning')
  return isPossible ? { type: 'enabled', budget_tokens: budget } : undefined
}

function encodeSampling(request: CompletionRequest, lost: Lost): JsonObject {
  const sampling: Record<string, JsonValue> = {}
  const { temperature, topP, topK } = request
  if (temperature !== undefined) {
    sampling['temperature'] = Math.min(1, Math.max(0, temperature))
    if (sampling['temperature'] !== temperature) lost.add('temperature')
  }
  // Current models refuse both at once. 1 changes nothing, so it needs no place.
  if (topP !== undefined && topP !== 1) {
    if (temperature === undefined) sampling['top_p'] = topP
    else lost.add('topP')
  }
  if (topK !== undefined) sampling['top_k'] = topK
  return sampling
}

/** With thinking on no sampling parameter is accepted. */
function dropSampling(request: CompletionRequest, lost: Lost): JsonObject {
  if (request.temperature !== undefined && request.temperature !== 1) lost.add('temperature')
  if (request.topP !== undefined && request.topP !== 1) lost.add('topP')
  if (request.topK !== undefined) lost.add('topK')
  return {}
}

function encodeStop(request: CompletionRequest, lost: Lost): JsonObject {
  const words = (request.stop ?? []).filter(word => /\S/.test(word))
  // A stop sequence of blanks only is refused upstream.
  if (words.length < (request.stop ?? []).length) lost.add('stop')
  return words.length === 0 ? {} : { stop_sequences: words }
}

function encodeServiceTier(request: CompletionRequest, lost: Lost): JsonObject {
  const tier = request.serviceTier
  if (tier === 'auto' || tier === 'standard_only') return { service_tier: tier }
  if (tier !== undefined && tier !== 'default') lost.add('serviceTier')
  return {}
}

/** Parameters without a word on this wire. Values that change nothing are no loss. */
function noteUncarried(request: CompletionRequest, lost: Lost): void {
  if (request.seed !== undefined) lost.add('seed')
  if (request.frequencyPenalty) lost.add('frequencyPenalty')
  if (request.presencePenalty) lost.add('presencePenalty')
  if (request.choices !== undefined && request.choices !== 1) lost.add('choices')
  if (request.logprobs !== undefined) lost.add('logprobs')
}
