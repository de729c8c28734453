// What a request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Tally {
  characters: number
  images: number
  documents: number
  sounds: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  const tally: Tally = { characters: 0, images: 0, documents: 0, sounds: 0 }
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
  tally.characters += countCharacters(body['toolConfig'])
  const maxOutputTokens = numberIn(memberOf(body['inferenceConfig'], 'maxTokens'))
  return {
    needs: needsOf(body, tally, lastRole),
    textCharacters: tally.characters,
    mediaParts: tally.images + tally.documents + tally.sounds,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

function needsOf(body: JsonObject, tally: Tally, lastRole: JsonValue | undefined): readonly Capability[] {
  const needs: Capability[] = []
  const tools = memberOf(body['toolConfig'], 'tools')
  if (isJsonList(tools) && tools.length > 0) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  if (tally.sounds > 0) needs.push('Audio')
  if (tally.documents > 0) needs.push('Files')
  if (isGiven(memberOf(body['outputConfig'], 'textFormat'))) needs.push('JsonSchema')
  if (asksForThinking(body['additionalModelRequestFields'])) needs.push('Reasoning')
  if (lastRole === 'assistant') needs.push('Prefill')
  return needs
}

function asksForThinking(fields: JsonValue | undefined): boolean {
  const type = memberOf(memberOf(fields, 'thinking') ?? memberOf(fields, 'reasoning_config'), 'type')
  return (
    (typeof type === 'string' && type !== 'disabled') ||
    isGiven(memberOf(fields, 'reasoning_effort')) ||
    memberOf(memberOf(fields, 'reasoningConfig'), 'type') === 'enabled'
  )
}

function tallyContent(content: JsonValue | undefined, tally: Tally): void {
  if (!isJsonList(content)) return
  for (const block of content) {
    if (!isJsonObject(block)) continue
    for (const kind in block) tallyBlock(kind, block[kind], tally)
  }
}

function tallyBlock(kind: string, value: JsonValue | undefined, tally: Tally): void {
  switch (kind) {
    case 'text':
      tally.characters += countCharacters(value)
      return
    case 'image':
    case 'video':
      tally.images += 1
      return
    case 'audio':
      tally.sounds += 1
      return
    case 'document':
      tallyDocument(value, tally)
      return
    case 'toolResult':
      tallyContent(memberOf(value, 'content'), tally)
      return
    case 'guardContent':
      if (isGiven(memberOf(value, 'image'))) tally.images += 1
      else tally.characters += countCharacters(value)
      return
    default:
      tally.characters += countCharacters(value)
  }
}

/** Inline text is text; any other source is media of unknown size. */
function tallyDocument(document: JsonValue | undefined, tally: Tally): void {
  const source = memberOf(document, 'source')
  const text = memberOf(source, 'text') ?? memberOf(source, 'content')
  if (isGiven(text)) tally.characters += countCharacters(text)
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
