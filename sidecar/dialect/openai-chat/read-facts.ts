// What a chat request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Tally {
  characters: number
  images: number
  audio: number
  files: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const tally: Tally = { characters: 0, images: 0, audio: 0, files: 0 }
  let lastRole: JsonValue | undefined
  for (const message of isJsonList(body.messages) ? body.messages : []) {
    if (!isJsonObject(message)) continue
    lastRole = message.role
    tallyContent(message.content, tally)
    tally.characters += countCharacters(message.tool_calls) + countCharacters(message.function_call)
  }
  tally.characters += countCharacters(body.tools) + countCharacters(body.functions)
  const maxOutputTokens = numberIn(body.max_completion_tokens) ?? numberIn(body.max_tokens)
  return {
    needs: needsOf(body, tally, lastRole),
    textCharacters: tally.characters,
    mediaParts: tally.images + tally.audio + tally.files,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

function needsOf(body: JsonObject, tally: Tally, lastRole: JsonValue | undefined): readonly Capability[] {
  const needs: Capability[] = []
  if (isFilledList(body.tools) || isFilledList(body.functions)) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  if (tally.audio > 0) needs.push('Audio')
  if (tally.files > 0) needs.push('Files')
  if (memberOf(body.response_format, 'type') === 'json_schema') needs.push('JsonSchema')
  const effort = body.reasoning_effort ?? memberOf(body.reasoning, 'effort')
  if (typeof effort === 'string' && effort !== 'none' && effort !== 'minimal') needs.push('Reasoning')
  if (lastRole === 'assistant') needs.push('Prefill')
  return needs
}

function isFilledList(value: JsonValue | undefined): boolean {
  return isJsonList(value) && value.length > 0
}

function tallyContent(content: JsonValue | undefined, tally: Tally): void {
  if (typeof content === 'string') tally.characters += content.length
  else if (isJsonList(content)) for (const part of content) tallyPart(part, tally)
}

/** Inline media is not text: its characters are no tokens. */
function tallyPart(part: JsonValue, tally: Tally): void {
  if (!isJsonObject(part)) return
  switch (part.type) {
    case 'image_url':
      tally.images += 1
      break
    case 'input_audio':
      tally.audio += 1
      break
    case 'file':
      tally.files += 1
      break
    default:
      tally.characters += countCharacters(part)
  }
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
