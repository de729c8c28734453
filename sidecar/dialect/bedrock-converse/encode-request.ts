import type { CompletionRequest, JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import type { EncodedRequest, RequestChange } from '../dialect.ts'
import { CachePoints } from './cache-points.ts'
import { encodeFormat } from './encode-format.ts'
import { encodeConversation } from './encode-messages.ts'
import { encodeModelFields } from './encode-model-fields.ts'
import { encodeTools } from './encode-tools.ts'
import { habitsOf, type ModelHabits } from './model-habits.ts'
import { ToolIds } from './native-id.ts'

type Lost = Set<NeutralParameter | string>

/** Never throws: what this wire cannot carry is left out and named in `lost`. */
export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const lost: Lost = new Set()
  const habits = habitsOf(change.model)
  const points = new CachePoints(lost, habits)
  const maxTokens = maxTokensFor(request, change, lost)
  const { textFormat, answerSchema } = encodeFormat(request, habits, lost)
  const toolConfig = encodeTools(request, {
    lost,
    points,
    habits,
    ...(answerSchema !== undefined && { answerSchema }),
  })
  const isCallForced = isForced(toolConfig)
  const conversation = encodeConversation(request.messages, {
    ids: new ToolIds(),
    lost,
    documentNames: new Set(),
    points,
    // A reply with a fixed form begins at its beginning: it cannot continue the caller's words.
    allowsPrefill: habits.continuesAnswers && textFormat === undefined && !isCallForced,
  })
  const endsWithUser = conversation.messages.at(-1)?.role === 'user'
  const own = encodeModelFields(request, { habits, lost, maxTokens, isCallForced, endsWithUser })
  const inferenceConfig = encodeInference(request, { maxTokens, habits, isThinking: own.isThinking, lost })
  noteUncarried(request, lost)
  const hasStop = inferenceConfig['stopSequences'] !== undefined
  const body: JsonObject = {
    ...conversation,
    ...optional('inferenceConfig', inferenceConfig),
    ...(toolConfig !== undefined && { toolConfig }),
    ...optional('additionalModelRequestFields', own.fields),
    ...(hasStop && habits.tellsStopSequence && { additionalModelResponseFieldPaths: ['/stop_sequence'] }),
    ...(textFormat !== undefined && { outputConfig: { textFormat } }),
    ...encodeServiceTier(request, lost),
  }
  return { body, lost: [...lost], headers: {} }
}

function optional(name: string, value: JsonObject): JsonObject {
  return Object.keys(value).length > 0 ? { [name]: value } : {}
}

function isForced(toolConfig: JsonObject | undefined): boolean {
  const choice = toolConfig?.['toolChoice']
  return typeof choice === 'object' && choice !== null && !('auto' in choice)
}

/** Without a number the model may write as much as it can. */
function maxTokensFor(request: CompletionRequest, change: RequestChange, lost: Lost): number | undefined {
  const cap = change.maxOutputTokens ?? Number.POSITIVE_INFINITY
  const limit = change.modelMaxOutputTokens ?? Number.POSITIVE_INFINITY
  const wanted = Math.min(request.maxOutputTokens ?? cap, cap)
  if (wanted === Number.POSITIVE_INFINITY) return undefined
  // The policy's cap is what the policy wants; a model that cannot write as much is a loss.
  if (wanted > limit && request.maxOutputTokens !== undefined) lost.add('maxOutputTokens')
  return Math.min(wanted, limit)
}

interface InferenceContext {
  readonly maxTokens: number | undefined
  readonly habits: ModelHabits
  readonly isThinking: boolean
  readonly lost: Lost
}

function encodeInference(request: CompletionRequest, context: InferenceContext): JsonObject {
  const { maxTokens, isThinking, lost } = context
  const stop = (request.stop ?? []).filter(word => /\S/.test(word))
  // A stop sequence of blanks only is refused upstream.
  if (stop.length < (request.stop ?? []).length) lost.add('stop')
  return {
    ...(maxTokens !== undefined && { maxTokens }),
    ...(isThinking || !context.habits.takesSampling
      ? dropSampling(request, lost)
      : encodeSampling(request, context)),
    ...(stop.length > 0 && { stopSequences: stop }),
  }
}

function encodeSampling(request: CompletionRequest, { habits, lost }: InferenceContext): JsonObject {
  const sampling: Record<string, JsonValue> = {}
  const { temperature, topP } = request
  if (temperature !== undefined) {
    sampling['temperature'] = Math.min(1, Math.max(0, temperature))
    if (sampling['temperature'] !== temperature) lost.add('temperature')
  }
  // 1 changes nothing, so it needs no place.
  if (topP !== undefined && topP !== 1) {
    if (temperature === undefined || !habits.samplesOneWay) sampling['topP'] = topP
    else lost.add('topP')
  }
  return sampling
}

/** With thinking on, and by the newest models at all, no sampling parameter is accepted. 1 is what they do anyway. */
function dropSampling(request: CompletionRequest, lost: Lost): JsonObject {
  if (request.temperature !== undefined && request.temperature !== 1) lost.add('temperature')
  if (request.topP !== undefined && request.topP !== 1) lost.add('topP')
  return {}
}

const serviceTiers: ReadonlySet<string> = new Set(['priority', 'flex', 'reserved'])

function encodeServiceTier(request: CompletionRequest, lost: Lost): JsonObject {
  const tier = request.serviceTier
  if (tier !== undefined && serviceTiers.has(tier)) return { serviceTier: { type: tier } }
  if (tier !== undefined && tier !== 'default' && tier !== 'auto') lost.add('serviceTier')
  return {}
}

/** Parameters without a word on this wire. Values that change nothing are no loss. */
function noteUncarried(request: CompletionRequest, lost: Lost): void {
  if (request.seed !== undefined) lost.add('seed')
  if (request.frequencyPenalty) lost.add('frequencyPenalty')
  if (request.presencePenalty) lost.add('presencePenalty')
  if (request.choices !== undefined && request.choices !== 1) lost.add('choices')
  if (request.logprobs !== undefined) lost.add('logprobs')
  if (request.endUser !== undefined) lost.add('endUser')
}
