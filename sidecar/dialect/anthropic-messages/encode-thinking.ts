// How much a model is to think: as tokens for one generation, as an effort for the next.
import type { CompletionRequest, JsonObject, NeutralParameter, ReasoningWish } from '../completion.ts'
import { nearestEffort } from '../nearest-effort.ts'
import type { ToolMembers } from './encode-tools.ts'
import type { ModelHabits } from './model-habits.ts'

type Lost = Set<NeutralParameter | string>

/** Below this many tokens a thinking budget is refused. */
const leastThinkingTokens = 1024

export interface ThinkingMembers {
  readonly thinking?: JsonObject
  /** For `output_config`. */
  readonly effort?: string
}

export interface ThinkingSurroundings {
  readonly maxTokens: number
  readonly tools: ToolMembers
  /** The conversation ends with a turn of the user: nothing is to be continued. */
  readonly endsWithUser: boolean
  readonly habits: ModelHabits
}

/** `any` or a named tool: the model has to call. */
export function isForced(tools: ToolMembers): boolean {
  const type = tools.tool_choice?.['type']
  return type === 'any' || type === 'tool'
}

export function encodeThinking(
  request: CompletionRequest,
  surroundings: ThinkingSurroundings,
  lost: Lost,
): ThinkingMembers {
  const wish = request.reasoning
  if (wish === undefined || wish.effort === 'none') return {}
  const { tools, endsWithUser } = surroundings
  // Thinking goes with neither a forced tool nor a prefill.
  const isPossible = endsWithUser && !isForced(tools)
  const { thinking } = surroundings.habits
  if (isPossible && thinking.kind === 'adaptive') return encodeEffort(wish, thinking.efforts, lost)
  if (isPossible && thinking.kind === 'budget') return encodeBudget(request, wish, surroundings, lost)
  lost.add('reasoning')
  return {}
}

/** The effort itself, or the nearest one that the model has. A number of tokens is only a wish to think. */
function encodeEffort(wish: ReasoningWish, efforts: readonly string[], lost: Lost): ThinkingMembers {
  const { effort, budgetTokens } = wish
  const nearest = effort === undefined ? undefined : nearestEffort(effort, efforts)
  // A word from nowhere on the ladder stays itself, and unknown.
  const said = nearest !== undefined && efforts.includes(nearest) ? nearest : undefined
  if (budgetTokens !== undefined || said !== effort) lost.add('reasoning')
  return { thinking: { type: 'adaptive' }, ...(said !== undefined && { effort: said }) }
}

/**
 * A budget is carried where thinking cannot make the call invalid: not where the history has a tool call whose thinking
 * stayed behind. An effort word is not: these models have no form for it, and a wrong one is refused.
 */
function encodeBudget(
  request: CompletionRequest,
  { effort, budgetTokens }: ReasoningWish,
  { maxTokens }: ThinkingSurroundings,
  lost: Lost,
): ThinkingMembers {
  const isPossible =
    budgetTokens !== undefined &&
    budgetTokens >= leastThinkingTokens &&
    budgetTokens < maxTokens &&
    !request.messages.some(message => message.content.some(part => part.kind === 'toolCall'))
  if (!isPossible || effort !== undefined) lost.add('reasoning')
  return isPossible ? { thinking: { type: 'enabled', budget_tokens: budgetTokens } } : {}
}
