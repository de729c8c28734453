// What a request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Tally {
  characters: number
  images: number
  documents: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const tally: Tally = { characters: 0, images: 0, documents: 0 }
  const messages = body['messages']
  tallyContent(body['system'], tally)
  let lastRole: JsonValue | undefined
  if (isJsonList(messages)) {
    for (const message of messages) {
      if (!isJsonObject(message)) continue
      lastRole = message['role']
      tallyContent(message['content'], tally)
    }
  }
  tally.characters += countCharacters(body['tools'])
  const maxOutputTokens = numberIn(body['max_tokens'])
  return {
    needs: needsOf(body, tally, lastRole),
    textCharacters: tally.characters,
    mediaParts: tally.images + tally.documents,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

function needsOf(body: JsonObject, tally: Tally, lastRole: JsonValue | undefined): readonly Capability[] {
  const needs: Capability[] = []
  const tools = body['tools']
  const thinking = memberOf(body['thinking'], 'type')
  if (isJsonList(tools) && tools.length > 0) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  if (tally.documents > 0) needs.push('Files')
  if (isGiven(memberOf(body['output_config'], 'format')) || isGiven(body['output_format'])) {
    needs.push('JsonSchema')
  }
  if (typeof thinking === 'string' && thinking !== 'disabled') needs.push('Reasoning')
  if (lastRole === 'assistant') needs.push('Prefill')
  return needs
}

function tallyContent(content: JsonValue | undefined, tally: Tally): void {
  if (typeof content === 'string') tally.characters += content.length
  else if (isJsonList(content)) for (const block of content) tallyBlock(block, tally)
}

function tallyBlock(block: JsonValue, tally: Tally): void {
  if (!isJsonObject(block)) return
  switch (block['type']) {
    case 'text':
      tally.characters += countCharacters(block['text'])
      break
    case 'image':
      tally.images += 1
      break
    case 'document':
      tallyDocument(block, tally)
      break
    case 'tool_result':
    case 'search_result':
      tallyContent(block['content'], tally)
      break
    default:
      tally.characters += countCharacters(block)
  }
}

/** Inline text is text; any other source is media of unknown size. */
function tallyDocument(block: JsonObject, tally: Tally): void {
  tally.characters += countCharacters(block['title']) + countCharacters(block['context'])
  const source = block['source']
  const type = memberOf(source, 'type')
  if (type === 'text') tally.characters += countCharacters(memberOf(source, 'data'))
  else if (type === 'content') tallyContent(memberOf(source, 'content'), tally)
  else tally.documents += 1
}

/** Characters of all names and values: close enough to the JSON that the model is shown. */
function countCharacters(value: JsonValue | undefined): number {
  if (typeof value === 'string') return value.length
  if (typeof value === 'number' || typeof value === 'boolean') return 4
  if (isJsonList(value)) return value.reduce<number>((sum, member) => sum + countCharacters(member), 0)
  if (!isJsonObject(value)) return 0
  let characters = 0
  for (const name in value) characters += name.length + countCharacters(value[name])
  return characters
}
