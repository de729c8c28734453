// Token counts. Google counts cache reads within the prompt, as we do, but what its own tools read and what the model
// thought apart. Zero counts are left out on the wire.
import type { JsonObject, JsonValue, Usage } from '../completion.ts'
import { isJsonObject, numberIn } from '../json-value.ts'

/** Undefined when nothing is counted: blocked prompts come with an empty shell. */
export function readUsage(metadata: JsonValue | undefined): Usage | undefined {
  if (!isJsonObject(metadata)) return undefined
  const prompt = numberIn(metadata.promptTokenCount)
  const total = numberIn(metadata.totalTokenCount)
  if (prompt === undefined && total === undefined) return undefined
  const input = (prompt ?? 0) + (numberIn(metadata.toolUsePromptTokenCount) ?? 0)
  const reasoning = numberIn(metadata.thoughtsTokenCount)
  const cachedInput = numberIn(metadata.cachedContentTokenCount)
  return {
    input,
    output: (numberIn(metadata.candidatesTokenCount) ?? 0) + (reasoning ?? 0),
    ...(cachedInput !== undefined && { cachedInput }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

export function writeUsage(usage: Partial<Usage>): JsonObject {
  const input = usage.input ?? 0
  const output = usage.output ?? 0
  // Readers add both up; some servers count more reasoning than output.
  const thoughts = usage.reasoning === undefined ? undefined : Math.min(usage.reasoning, output)
  return {
    promptTokenCount: input,
    candidatesTokenCount: output - (thoughts ?? 0),
    totalTokenCount: input + output,
    ...(usage.cachedInput !== undefined && { cachedContentTokenCount: usage.cachedInput }),
    ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
  }
}
