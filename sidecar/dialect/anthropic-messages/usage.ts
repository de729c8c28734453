// Anthropic counts cache reads and writes apart from `input_tokens`; our `input` includes them. Both directions.
import type { JsonObject, JsonValue, Usage } from '../completion.ts'
import { isJsonObject, numberIn } from '../json-value.ts'

/** The wire's own counters. In a stream later ones replace earlier ones, so they are kept apart until they are read. */
export interface WireUsage {
  input?: number
  cacheRead?: number
  cacheWrite?: number
  output?: number
  reasoning?: number
}

/** Takes over the counters that this event carries; absent and null ones stay as they were. */
export function mergeWireUsage(counters: WireUsage, usage: JsonValue | undefined): boolean {
  if (!isJsonObject(usage)) return false
  const details = usage['output_tokens_details']
  const input = numberIn(usage['input_tokens'])
  const cacheRead = numberIn(usage['cache_read_input_tokens'])
  const cacheWrite = numberIn(usage['cache_creation_input_tokens'])
  const output = numberIn(usage['output_tokens'])
  const reasoning = isJsonObject(details) ? numberIn(details['thinking_tokens']) : undefined
  if (input !== undefined) counters.input = input
  if (cacheRead !== undefined) counters.cacheRead = cacheRead
  if (cacheWrite !== undefined) counters.cacheWrite = cacheWrite
  if (output !== undefined) counters.output = output
  if (reasoning !== undefined) counters.reasoning = reasoning
  return true
}

export function usageOf(counters: WireUsage): Usage {
  const { cacheRead, cacheWrite, reasoning } = counters
  return {
    input: (counters.input ?? 0) + (cacheRead ?? 0) + (cacheWrite ?? 0),
    output: counters.output ?? 0,
    ...(cacheRead !== undefined && { cachedInput: cacheRead }),
    ...(cacheWrite !== undefined && { cacheWrite }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

/** Undefined when the body says nothing about usage. */
export function readUsage(usage: JsonValue | undefined): Usage | undefined {
  const counters: WireUsage = {}
  return mergeWireUsage(counters, usage) ? usageOf(counters) : undefined
}

/** Anthropic's habit: `input_tokens` without the cache. Counters nobody gave are null, as the vendor writes them. */
export function wireUsage(usage: Partial<Usage>): JsonObject {
  const cached = (usage.cachedInput ?? 0) + (usage.cacheWrite ?? 0)
  return {
    input_tokens: Math.max(0, (usage.input ?? 0) - cached),
    cache_creation_input_tokens: usage.cacheWrite ?? null,
    cache_read_input_tokens: usage.cachedInput ?? null,
    output_tokens: usage.output ?? 0,
    ...(usage.reasoning !== undefined && { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  }
}
