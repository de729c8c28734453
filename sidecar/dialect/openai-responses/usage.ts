// Token counts, both ways. This format counts as we do: cached tokens within the input, reasoning within the output.
import type { JsonObject, Usage } from '../completion.ts'
import { isJsonObject, memberOf, numberIn } from '../json-value.ts'

/** @param owner a response object; undefined when it tells no counts. */
export function readUsage(owner: JsonObject): Usage | undefined {
  const { usage } = owner
  if (!isJsonObject(usage)) return undefined
  const input = numberIn(usage.input_tokens)
  if (input === undefined) return undefined
  const cachedInput = numberIn(memberOf(usage.input_tokens_details, 'cached_tokens'))
  const cacheWrite = numberIn(memberOf(usage.input_tokens_details, 'cache_write_tokens'))
  const reasoning = numberIn(memberOf(usage.output_tokens_details, 'reasoning_tokens'))
  return {
    input,
    output: numberIn(usage.output_tokens) ?? 0,
    ...(cachedInput !== undefined && { cachedInput }),
    // The format counts them always, so none says no more than silence does.
    ...(cacheWrite !== undefined && cacheWrite > 0 && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

export function writeUsage(usage: Partial<Usage>): JsonObject {
  const input = usage.input ?? 0
  const output = usage.output ?? 0
  return {
    input_tokens: input,
    // Neither may be left out: clients that check answers refuse one without.
    input_tokens_details: {
      cached_tokens: usage.cachedInput ?? 0,
      cache_write_tokens: usage.cacheWrite ?? 0,
    },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: usage.reasoning ?? 0 },
    total_tokens: input + output,
  }
}
