// Where a model enforces no schema for its answer it fills in a tool instead, whose input then is the answer.
import type { JsonValue } from '../completion.ts'

/** No caller's tool has this name by chance: an answer is told by it alone. */
export const answerTool = 'llm_fallback_json_answer'

export function isAnswerTool(name: JsonValue | undefined): boolean {
  return name === answerTool
}
