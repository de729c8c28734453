// What a Responses request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isFilled, isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Tally {
  characters: number
  images: number
  audio: number
  files: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const tally: Tally = { characters: 0, images: 0, audio: 0, files: 0 }
  tally.characters += countCharacters(body.instructions) + countCharacters(body.tools)
  const { input } = body
  if (typeof input === 'string') tally.characters += input.length
  const items = isJsonList(input) ? input : []
  for (const item of items) tallyItem(item, tally)
  const maxOutputTokens = numberIn(body.max_output_tokens)
  return {
    needs: needsOf(body, tally, items.at(-1)),
    textCharacters: tally.characters,
    mediaParts: tally.images + tally.audio + tally.files,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

function needsOf(body: JsonObject, tally: Tally, last: JsonValue | undefined): readonly Capability[] {
  const needs: Capability[] = []
  if (isFilled(body.tools)) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  if (tally.audio > 0) needs.push('Audio')
  if (tally.files > 0) needs.push('Files')
  if (memberOf(memberOf(body.text, 'format'), 'type') === 'json_schema') needs.push('JsonSchema')
  const effort = memberOf(body.reasoning, 'effort')
  if (typeof effort === 'string' && effort !== 'none' && effort !== 'minimal') needs.push('Reasoning')
  if (memberOf(last, 'role') === 'assistant') needs.push('Prefill')
  return needs
}

function tallyItem(item: JsonValue, tally: Tally): void {
  if (!isJsonObject(item)) return
  for (const name in item) {
    const value = item[name]
    if (name === 'content' || name === 'output') tallyContent(value, tally)
    // Encrypted reasoning is counted by nobody's tokenizer.
    else if (!itemBookkeeping.has(name)) tally.characters += countCharacters(value)
  }
}

const itemBookkeeping = new Set(['type', 'id', 'role', 'status', 'phase', 'call_id', 'encrypted_content'])

function tallyContent(content: JsonValue | undefined, tally: Tally): void {
  if (typeof content === 'string') tally.characters += content.length
  else if (isJsonList(content)) for (const part of content) tallyPart(part, tally)
}

/** Inline media is not text: its characters are no tokens. */
function tallyPart(part: JsonValue, tally: Tally): void {
  if (!isJsonObject(part)) return
  switch (part.type) {
    case 'input_image':
      tally.images += 1
      break
    case 'input_audio':
      tally.audio += 1
      break
    case 'input_file':
      tally.files += 1
      break
    default:
      tally.characters += countCharacters(part.text) + countCharacters(part.refusal)
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
