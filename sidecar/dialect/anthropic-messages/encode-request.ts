import type { CompletionRequest, JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { CacheMarks } from './cache-marks.ts'
import { encodeConversation } from './encode-messages.ts'
import { encodeThinking, isForced } from './encode-thinking.ts'
import { encodeTools } from './encode-tools.ts'
import { habitsOf, type ModelHabits } from './model-habits.ts'
import { adaptSchema } from './schema-limits.ts'

/** The version that still takes temperature, top_p and top_k. */
const versionWithSampling = '2023-06-01'
const newestVersion = '2026-10-21'

/** The wire demands a number even where neither the caller nor the policy gave one. */
const fallbackMaxTokens = 4096

type Lost = Set<NeutralParameter | string>

/** Never throws: what this wire cannot carry is left out and named in `lost`. */
export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const lost: Lost = new Set()
  const habits = habitsOf(change.model)
  const maxTokens = maxTokensFor(request, change, lost)
  const format = encodeFormat(request, lost)
  const marks = new CacheMarks(lost)
  const tools = encodeTools(request, { lost, marks })
  const conversation = encodeConversation(request.messages, {
    lost,
    marks,
    // A reply with a fixed form begins at its beginning: it cannot continue the caller's words.
    allowsPrefill: habits.continuesAnswers && format === undefined && !isForced(tools),
  })
  const endsWithUser = conversation.messages.at(-1)?.role === 'user'
  const { thinking, effort } = encodeThinking(request, { maxTokens, tools, endsWithUser, habits }, lost)
  const sampling = samplingFor(request, thinking !== undefined, habits, lost)
  noteUncarried(request, lost)
  const body: JsonObject = {
    model: change.model,
    max_tokens: maxTokens,
    ...(conversation.system !== undefined && { system: conversation.system }),
    messages: conversation.messages,
    ...tools,
    ...(thinking !== undefined && { thinking }),
    ...encodeOutput(format, effort),
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

function encodeOutput(format: JsonObject | undefined, effort: string | undefined): JsonObject {
  if (format === undefined && effort === undefined) return {}
  return {
    output_config: { ...(format !== undefined && { format }), ...(effort !== undefined && { effort }) },
  }
}

function samplingFor(
  request: CompletionRequest,
  isThinking: boolean,
  habits: ModelHabits,
  lost: Lost,
): JsonObject {
  return isThinking || !habits.takesSampling ? dropSampling(request, lost) : encodeSampling(request, lost)
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

/** With thinking on, and by the newest models at all, no sampling parameter is accepted. 1 is what they do anyway. */
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
