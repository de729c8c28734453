// What a Cohere chat request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Tally {
  characters: number
  images: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const tally: Tally = { characters: 0, images: 0 }
  const messages = isJsonList(body.messages) ? body.messages : []
  for (const message of messages) {
    if (!isJsonObject(message)) continue
    tallyContent(message.content, tally)
    tally.characters += countCharacters(message.tool_calls) + countCharacters(message.tool_plan)
  }
  tally.characters += countCharacters(body.tools) + countCharacters(body.documents)
  const maxOutputTokens = numberIn(body.max_tokens)
  return {
    needs: needsOf(body, tally, memberOf(messages.at(-1), 'role')),
    textCharacters: tally.characters,
    mediaParts: tally.images,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

function needsOf(body: JsonObject, tally: Tally, lastRole: JsonValue | undefined): readonly Capability[] {
  const needs: Capability[] = []
  if (isJsonList(body.tools) && body.tools.length > 0) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  const format = body.response_format
  if (isGiven(memberOf(format, 'json_schema') ?? memberOf(format, 'schema'))) needs.push('JsonSchema')
  if (memberOf(body.thinking, 'type') === 'enabled') needs.push('Reasoning')
  if (lastRole === 'assistant') needs.push('Prefill')
  return needs
}

function tallyContent(content: JsonValue | undefined, tally: Tally): void {
  if (typeof content === 'string') tally.characters += content.length
  else if (isJsonList(content)) for (const part of content) tallyPart(part, tally)
}

/** Inline media is not text: its characters are no tokens. */
function tallyPart(part: JsonValue, tally: Tally): void {
  if (isJsonObject(part) && part.type === 'image_url') tally.images += 1
  else tally.characters += countCharacters(part)
}

/** Characters of all names and values: close enough to the JSON that the model is shown. */
function countCharacters(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'number' || typeof value === 'boolean') return 4
  let characters = 0
  if (isJsonList(value)) for (const item of value) characters += countCharacters(item)
  else if (isJsonObject(value))
    for (const name in value) characters += name.length + countCharacters(value[name])
  return characters
}
