// A JSON answer: enforced by the model itself, or as the input of a tool that the model has to call.
import { adaptSchema } from '../anthropic-messages/schema-limits.ts'
import type { CompletionRequest, JsonObject, NeutralParameter } from '../completion.ts'
import type { ModelHabits } from './model-habits.ts'

export interface AnswerForm {
  /** For `outputConfig.textFormat`. */
  readonly textFormat?: JsonObject
  /** The schema of a tool whose input is the answer. */
  readonly answerSchema?: JsonObject
}

export function encodeFormat(
  request: CompletionRequest,
  habits: ModelHabits,
  lost: Set<NeutralParameter | string>,
): AnswerForm {
  const format = request.responseFormat
  if (format === undefined) return {}
  if (format.kind === 'json') {
    // Models fill a tool without members with nothing: only a schema makes them speak.
    lost.add('responseFormat')
    return {}
  }
  const adapted = adaptSchema(format.schema)
  if (habits.enforcesSchemas && adapted !== undefined) {
    if (!adapted.isFaithful) lost.add('responseFormat')
    const { name, description } = format
    const definition = {
      schema: JSON.stringify(adapted.schema),
      name,
      ...(description !== undefined && { description }),
    }
    return { textFormat: { type: 'json_schema', structure: { jsonSchema: definition } } }
  }
  // A tool's input is not held to its schema, so this is less than what was asked for.
  lost.add('responseFormat')
  const isCallForced = request.toolChoice?.kind === 'tool' || request.toolChoice?.kind === 'required'
  return format.schema['type'] === 'object' && !isCallForced ? { answerSchema: format.schema } : {}
}
