// `additionalModelRequestFields`: each model's own parameters, of which some have a neutral word.
import type { CompletionRequest, JsonObject, JsonValue, ReasoningWish } from '../completion.ts'
import { isGiven, isJsonObject, memberOf, numberIn, readInteger, textIn } from '../json-value.ts'
import { requireObject } from './json-reading.ts'

const owner = 'additionalModelRequestFields'

export type ModelFields = Pick<CompletionRequest, 'topK' | 'reasoning' | 'endUser'>

type FieldReader = (value: JsonValue, lost: Set<string>) => ModelFields | undefined

const readers: Readonly<Record<string, FieldReader>> = {
  top_k: readTopK,
  topK: readTopK,
  inferenceConfig: value => (isOnly(value, 'topK') ? readTopK(memberOf(value, 'topK')) : undefined),
  thinking: readThinking,
  reasoning_config: readThinking,
  reasoning_effort: value => readEffort(value),
  reasoningConfig: value => readEffort(memberOf(value, 'maxReasoningEffort')),
  output_config: value => (isOnly(value, 'effort') ? readEffort(memberOf(value, 'effort')) : undefined),
  metadata: value => {
    const endUser = isOnly(value, 'user_id') ? textIn(memberOf(value, 'user_id')) : undefined
    return endUser === undefined ? undefined : { endUser }
  },
}

/** The names of all fields without a neutral word are lost. */
export function decodeModelFields(value: JsonValue | undefined, lost: Set<string>): ModelFields {
  if (!isGiven(value)) return {}
  let decoded: ModelFields = {}
  for (const [name, member] of Object.entries(requireObject(value, owner))) {
    if (!isGiven(member)) continue
    const read = Object.hasOwn(readers, name) ? readers[name] : undefined
    const fields = read?.(member, lost)
    if (fields === undefined) lost.add(`${owner}.${name}`)
    else decoded = merge(decoded, fields)
  }
  return decoded
}

function merge(one: ModelFields, other: ModelFields): ModelFields {
  const reasoning: ReasoningWish = { ...one.reasoning, ...other.reasoning }
  return { ...one, ...other, ...(Object.keys(reasoning).length > 0 && { reasoning }) }
}

function isOnly(value: JsonValue, name: string): value is JsonObject {
  return isJsonObject(value) && Object.keys(value).every(member => member === name)
}

function readTopK(value: JsonValue | undefined): ModelFields | undefined {
  const topK = numberIn(value)
  return topK === undefined ? undefined : { topK }
}

function readEffort(value: JsonValue | undefined): ModelFields | undefined {
  const effort = textIn(value)
  return effort === undefined ? undefined : { reasoning: { effort } }
}

function readThinking(value: JsonValue, lost: Set<string>): ModelFields | undefined {
  if (!isJsonObject(value)) return undefined
  if (isGiven(value['display'])) lost.add(`${owner}.thinking.display`)
  if (value['type'] === 'disabled') return {}
  const budgetTokens = readInteger(value, 'budget_tokens', `${owner}.thinking.budget_tokens`)
  return { reasoning: budgetTokens === undefined ? {} : { budgetTokens } }
}
