// What a request needs and how large it is, read off the raw body in one pass: every request pays for this.
import type { Capability } from '../../../crds/vocabulary.ts'
import type { JsonObject, JsonValue, RequestFacts } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, numberIn, textIn } from '../json-value.ts'
import { asList, member } from './spellings.ts'

interface Tally {
  characters: number
  images: number
  audio: number
  files: number
}

/** Tolerant: a member of the wrong type counts as nothing. */
export function readFacts(body: JsonObject): RequestFacts {
  // A token count may hold the whole request one level deeper.
  const nested = member(body, 'generateContentRequest')
  const request = isJsonObject(nested) ? nested : body
  const tally: Tally = { characters: 0, images: 0, audio: 0, files: 0 }
  tallyTurn(member(request, 'systemInstruction'), tally)
  const turns = asList(request.contents) ?? []
  for (const turn of turns) tallyTurn(turn, tally)
  tally.characters += countCharacters(request.tools)
  const config = objectIn(member(request, 'generationConfig'))
  const maxOutputTokens = numberIn(member(config, 'maxOutputTokens'))
  return {
    needs: needsOf({ request, config, tally, last: turns.at(-1) }),
    textCharacters: tally.characters,
    mediaParts: tally.images + tally.audio + tally.files,
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
  }
}

interface Wishes {
  readonly request: JsonObject
  readonly config: JsonObject
  readonly tally: Tally
  readonly last: JsonValue | undefined
}

function needsOf({ request, config, tally, last }: Wishes): readonly Capability[] {
  const needs: Capability[] = []
  if (declaresFunctions(request)) needs.push('Tools')
  if (tally.images > 0) needs.push('Vision')
  if (tally.audio > 0) needs.push('Audio')
  if (tally.files > 0) needs.push('Files')
  if (isGiven(member(config, 'responseSchema')) || isGiven(member(config, 'responseJsonSchema'))) {
    needs.push('JsonSchema')
  }
  if (wantsThinking(objectIn(member(config, 'thinkingConfig')))) needs.push('Reasoning')
  if (isJsonObject(last) && last.role === 'model') needs.push('Prefill')
  return needs
}

function declaresFunctions(request: JsonObject): boolean {
  return (asList(request.tools) ?? []).some(tool => {
    const declared = isJsonObject(tool) ? asList(member(tool, 'functionDeclarations')) : undefined
    return declared !== undefined && declared.length > 0
  })
}

function wantsThinking(thinking: JsonObject): boolean {
  const level = textIn(member(thinking, 'thinkingLevel'))?.toLowerCase()
  if (level !== undefined) return level !== 'minimal' && level !== 'thinking_level_unspecified'
  const budget = numberIn(member(thinking, 'thinkingBudget'))
  return budget === undefined ? member(thinking, 'includeThoughts') === true : budget !== 0
}

function objectIn(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {}
}

function tallyTurn(turn: JsonValue | undefined, tally: Tally): void {
  if (typeof turn === 'string') tally.characters += turn.length
  if (isJsonObject(turn)) for (const part of asList(turn.parts) ?? []) tallyPart(part, tally)
}

/** Inline media is not text: its characters are no tokens. */
function tallyPart(part: JsonValue, tally: Tally): void {
  if (!isJsonObject(part)) {
    tally.characters += countCharacters(part)
    return
  }
  const media = member(part, 'inlineData') ?? member(part, 'fileData')
  const answer = member(part, 'functionResponse')
  if (isJsonObject(media)) tallyMedia(textIn(member(media, 'mimeType')) ?? '', tally)
  else if (isJsonObject(answer)) {
    tally.characters += countCharacters(answer.name) + countCharacters(answer.response)
    for (const inner of asList(answer.parts) ?? []) tallyPart(inner, tally)
  } else tally.characters += countCharacters(part.text) + countCharacters(member(part, 'functionCall'))
}

function tallyMedia(mediaType: string, tally: Tally): void {
  if (/^image\//i.test(mediaType)) tally.images += 1
  else if (/^audio\//i.test(mediaType)) tally.audio += 1
  else tally.files += 1
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
