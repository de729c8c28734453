// Parameters of one model's own, which the wire takes in `additionalModelRequestFields`.
import type { CompletionRequest, JsonObject, JsonValue, NeutralParameter } from '../completion.ts'
import type { ModelHabits } from './model-habits.ts'

/** Below this many tokens a thinking budget is refused. */
const leastThinkingTokens = 1024

export interface FieldContext {
  readonly habits: ModelHabits
  readonly lost: Set<NeutralParameter | string>
  readonly maxTokens: number | undefined
  /** The model has to call a tool. */
  readonly isCallForced: boolean
  readonly endsWithUser: boolean
}

export interface ModelFields {
  readonly fields: JsonObject
  /** A thinking model takes no sampling parameters. */
  readonly isThinking: boolean
}

export function encodeModelFields(request: CompletionRequest, context: FieldContext): ModelFields {
  const thinking = encodeThinking(request, context)
  const isThinking = thinking['thinking'] !== undefined
  return { fields: { ...thinking, ...encodeTopK(request, context, isThinking) }, isThinking }
}

function encodeTopK(request: CompletionRequest, context: FieldContext, isThinking: boolean): JsonObject {
  const { topK } = request
  if (topK === undefined) return {}
  if (context.habits.topK === undefined || isThinking) {
    context.lost.add('topK')
    return {}
  }
  return context.habits.topK === 'top_k' ? { top_k: topK } : { inferenceConfig: { topK } }
}

const plainEfforts: ReadonlySet<JsonValue | undefined> = new Set(['low', 'medium', 'high'])

/**
 * A budget is carried where thinking cannot make the call invalid: no forced tool, no prefill, no tool call in the history whose
 * thinking stayed behind. An effort word goes only where the model's form of it is known.
 */
function encodeThinking(request: CompletionRequest, context: FieldContext): JsonObject {
  const wish = request.reasoning
  if (wish === undefined || wish.effort === 'none') return {}
  const { habits, lost, maxTokens } = context
  if (habits.thinking === 'effort' && plainEfforts.has(wish.effort)) {
    if (wish.budgetTokens !== undefined) lost.add('reasoning')
    return { reasoning_effort: wish.effort ?? null }
  }
  const budget = wish.budgetTokens
  const isPossible =
    habits.thinking === 'budget' &&
    budget !== undefined &&
    budget >= leastThinkingTokens &&
    maxTokens !== undefined &&
    budget < maxTokens &&
    !context.isCallForced &&
    context.endsWithUser &&
    !request.messages.some(message => message.content.some(part => part.kind === 'toolCall'))
  if (!isPossible || wish.effort !== undefined) lost.add('reasoning')
  return isPossible ? { thinking: { type: 'enabled', budget_tokens: budget } } : {}
}
