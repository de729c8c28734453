// The neutral completion → a generateContent request. What the wire or the model cannot take is left out and named in
// `lost`. The model and whether the answer streams stand in the path.
import type { CompletionRequest, JsonObject, JsonValue } from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { textIn } from '../json-value.ts'
import { encodeConversation } from './encode-messages.ts'
import type { Lost } from './encode-parts.ts'
import { encodeThinking } from './encode-thinking.ts'
import { encodeTools } from './encode-tools.ts'
import { habitsOf, type ModelHabits } from './model-habits.ts'
import { fitSchema } from './schema-limits.ts'

/** Never throws: what this wire cannot carry is left out and named in `lost`. */
export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const lost: Lost = new Set()
  const habits = habitsOf(change.model)
  const tools = encodeTools(request, lost)
  const generationConfig: JsonObject = {
    ...encodeLimit(request, change, lost),
    ...encodeSampling(request, habits, lost),
    ...encodeFormat(request, habits, lost),
    ...encodeReasoning(request, habits, lost),
  }
  const body: JsonObject = {
    ...encodeConversation(request.messages, habits, lost),
    ...tools,
    ...(Object.keys(generationConfig).length > 0 && { generationConfig }),
    ...encodeServiceTier(request, lost),
  }
  if (request.endUser !== undefined) lost.add('endUser')
  return { body, lost: [...lost], headers: {} }
}

/** The limit counts thinking, too. More than the model can write is refused. */
function encodeLimit(request: CompletionRequest, change: RequestChange, lost: Lost): JsonObject {
  const wanted = Math.min(
    request.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    change.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  )
  if (wanted === Number.POSITIVE_INFINITY) return {}
  const most = change.modelMaxOutputTokens ?? Number.POSITIVE_INFINITY
  // The policy's cap is what the policy wants; a model that cannot write as much as the caller asks is a loss.
  if (wanted > most && request.maxOutputTokens !== undefined) lost.add('maxOutputTokens')
  return { maxOutputTokens: Math.min(wanted, most) }
}

const highestTemperature = 2
const mostStopSequences = 5
const mostChoices = 8
const mostLogprobs = 20
/** Seeds are 32-bit numbers. */
const seedRange = 2 ** 31

function encodeSampling(request: CompletionRequest, habits: ModelHabits, lost: Lost): JsonObject {
  const sampling: Record<string, JsonValue> = {}
  const { temperature, topP, topK, seed, choices } = request
  const stop = request.stop ?? []
  if (temperature !== undefined) sampling.temperature = Math.min(highestTemperature, Math.max(0, temperature))
  if (sampling.temperature !== temperature) lost.add('temperature')
  if (topP !== undefined) sampling.topP = topP
  if (topK !== undefined) sampling.topK = topK
  if (stop.length > 0) sampling.stopSequences = stop.slice(0, mostStopSequences)
  if (stop.length > mostStopSequences) lost.add('stop')
  if (seed !== undefined && seed >= -seedRange && seed < seedRange) sampling.seed = seed
  else if (seed !== undefined) lost.add('seed')
  if (choices !== undefined && choices !== 1) sampling.candidateCount = Math.min(choices, mostChoices)
  if (choices !== undefined && choices > mostChoices) lost.add('choices')
  return { ...sampling, ...encodeRefusedByMost(request, habits, lost) }
}

/** Zero penalties change nothing, and are taken by every model. */
function encodeRefusedByMost(request: CompletionRequest, habits: ModelHabits, lost: Lost): JsonObject {
  const { frequencyPenalty, presencePenalty, logprobs } = request
  if (!habits.takesPenalties) {
    if (frequencyPenalty) lost.add('frequencyPenalty')
    if (presencePenalty) lost.add('presencePenalty')
    if (logprobs !== undefined) lost.add('logprobs')
    return {}
  }
  const top = logprobs?.top === undefined ? undefined : Math.min(logprobs.top, mostLogprobs)
  return {
    ...(frequencyPenalty && { frequencyPenalty }),
    ...(presencePenalty && { presencePenalty }),
    ...(logprobs !== undefined && { responseLogprobs: true }),
    ...(top !== undefined && { logprobs: top }),
  }
}

function encodeFormat(request: CompletionRequest, habits: ModelHabits, lost: Lost): JsonObject {
  const format = request.responseFormat
  if (format === undefined) return {}
  if (request.tools.length > 0 && !habits.formatsBesideTools) {
    lost.add('responseFormat')
    return {}
  }
  if (format.kind === 'json') return { responseMimeType: 'application/json' }
  const { schema, isFaithful } = fitSchema(format.schema)
  if (!isFaithful) lost.add('responseFormat')
  const description = textIn(schema.description) ?? format.description
  return {
    responseMimeType: 'application/json',
    responseJsonSchema: description === undefined ? schema : { ...schema, description },
  }
}

function encodeReasoning(request: CompletionRequest, habits: ModelHabits, lost: Lost): JsonObject {
  const thinkingConfig = encodeThinking(request.reasoning, habits, lost)
  return thinkingConfig === undefined ? {} : { thinkingConfig }
}

const tiers: Readonly<Record<string, string>> = {
  default: 'standard',
  standard: 'standard',
  flex: 'flex',
  priority: 'priority',
}

function encodeServiceTier({ serviceTier }: CompletionRequest, lost: Lost): JsonObject {
  if (serviceTier === undefined || serviceTier === 'auto') return {}
  const tier = Object.hasOwn(tiers, serviceTier) ? tiers[serviceTier] : undefined
  if (tier === undefined) lost.add('serviceTier')
  return tier === undefined ? {} : { serviceTier: tier }
}
