// Token counts, both ways. `tokens` counts what the model read and wrote, `billed_units` what is paid for: the template
// around a prompt is in the first alone. Cached tokens are part of the input, reasoning of the output.
import type { JsonObject, JsonValue, Usage } from '../completion.ts'
import { isJsonObject, memberOf, numberIn } from '../json-value.ts'

/** Undefined when the answer tells no counts. */
export function readUsage(usage: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(usage)) return undefined
  const count = (name: string) =>
    numberIn(memberOf(usage.tokens, name)) ?? numberIn(memberOf(usage.billed_units, name))
  const input = count('input_tokens')
  const output = count('output_tokens')
  if (input === undefined && output === undefined) return undefined
  const cachedInput = numberIn(usage.cached_tokens)
  const reasoning = count('reasoning_tokens')
  return {
    input: input ?? 0,
    output: output ?? 0,
    ...(cachedInput !== undefined && { cachedInput }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

export function writeUsage(usage: Partial<Usage>): JsonObject {
  const counts = { input_tokens: usage.input ?? 0, output_tokens: usage.output ?? 0 }
  return {
    billed_units: counts,
    tokens: { ...counts, ...(usage.reasoning !== undefined && { reasoning_tokens: usage.reasoning }) },
    ...(usage.cachedInput !== undefined && { cached_tokens: usage.cachedInput }),
  }
}
