// Token counts of chat servers, both ways. Chat counts as we do: cached tokens within the prompt, reasoning within the
// completion; the exceptions are named where they are handled.
import type { JsonObject, JsonValue, Usage } from '../completion.ts'
import { isJsonObject, memberOf, numberIn } from '../json-value.ts'

/** @param owner a reply body or a stream chunk; undefined when it tells no counts. */
export function readUsage(owner: JsonObject): Usage | undefined {
  const usage = isJsonObject(owner.usage) ? owner.usage : memberOf(owner.x_groq, 'usage')
  if (!isJsonObject(usage)) return undefined
  const input = numberIn(usage.prompt_tokens)
  const total = numberIn(usage.total_tokens)
  if (input === undefined) return undefined
  const reasoning = numberIn(
    memberOf(usage.completion_tokens_details, 'reasoning_tokens') ?? usage.reasoning_tokens,
  )
  const completion =
    numberIn(usage.completion_tokens) ?? (total === undefined ? 0 : Math.max(0, total - input))
  const cachedInput = numberIn(
    memberOf(usage.prompt_tokens_details, 'cached_tokens') ?? usage.prompt_cache_hit_tokens,
  )
  const cacheWrite = numberIn(memberOf(usage.prompt_tokens_details, 'cache_write_tokens'))
  return {
    input,
    output: withReasoning({ input, completion, total, reasoning }),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

interface Counts {
  readonly input: number
  readonly completion: number
  readonly total: number | undefined
  readonly reasoning: number | undefined
}

/** Some servers keep reasoning out of `completion_tokens`; their total gives them away. */
function withReasoning({ input, completion, total, reasoning = 0 }: Counts): number {
  return reasoning > 0 && total === input + completion + reasoning ? completion + reasoning : completion
}

export function writeUsage(usage: Partial<Usage>): JsonObject {
  const input = usage.input ?? 0
  const output = usage.output ?? 0
  const promptDetails: Record<string, JsonValue> = { cached_tokens: usage.cachedInput ?? 0 }
  if (usage.cacheWrite !== undefined) promptDetails.cache_write_tokens = usage.cacheWrite
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: promptDetails,
    completion_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
  }
}
