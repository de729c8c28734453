// This vendor counts cache reads and writes apart from `inputTokens`; our `input` includes them. Both directions.
import type { JsonObject, JsonValue, Usage } from '../completion.ts'
import { isJsonObject, numberIn } from '../json-value.ts'

/** Undefined when the body says nothing about usage. */
export function readUsage(usage: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined
  const input = numberIn(usage['inputTokens'])
  const output = numberIn(usage['outputTokens'])
  if (input === undefined && output === undefined) return undefined
  const cachedInput = numberIn(usage['cacheReadInputTokens'])
  const cacheWrite = numberIn(usage['cacheWriteInputTokens'])
  return {
    input: (input ?? 0) + (cachedInput ?? 0) + (cacheWrite ?? 0),
    output: output ?? 0,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(cacheWrite !== undefined && { cacheWrite }),
  }
}

export function wireUsage(usage: Partial<Usage>): JsonObject {
  const { cachedInput, cacheWrite } = usage
  const inputTokens = Math.max(0, (usage.input ?? 0) - (cachedInput ?? 0) - (cacheWrite ?? 0))
  const outputTokens = usage.output ?? 0
  return {
    inputTokens,
    outputTokens,
    totalTokens: inputTokens + (cachedInput ?? 0) + (cacheWrite ?? 0) + outputTokens,
    ...(cachedInput !== undefined && { cacheReadInputTokens: cachedInput }),
    ...(cacheWrite !== undefined && { cacheWriteInputTokens: cacheWrite }),
  }
}
