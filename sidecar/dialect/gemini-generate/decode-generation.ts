// `generationConfig`: how the answer is to be made.
import type { CompletionRequest, JsonObject, ReasoningWish, ResponseFormat } from '../completion.ts'
import { readFlag, readInteger, readNumber, readObject, readText, refuseMember } from '../json-value.ts'
import { isClosedSchema, toJsonSchema } from './schema-limits.ts'
import { asList, noteForeign, placeOf } from './spellings.ts'

export type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface GenerationInput {
  readonly config: JsonObject
  readonly path: string
  readonly request: Mutable<CompletionRequest>
  readonly lost: Set<string>
}

const translated = new Set([
  'temperature',
  'topP',
  'topK',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
  'thinkingConfig',
  'responseModalities',
])

export function decodeGeneration(input: GenerationInput): void {
  const { config, path, request, lost } = input
  noteForeign(config, { translated, prefix: path }, lost)
  readSampling(input)
  const limit = wholeNumber(input, 'maxOutputTokens')
  if (limit !== undefined) request.maxOutputTokens = limit
  const stop = readStop(config, path)
  if (stop.length > 0) request.stop = stop
  const format = readFormat(config, path, lost)
  if (format !== undefined) request.responseFormat = format
  const reasoning = readThinking(config, path, lost)
  if (reasoning !== undefined) request.reasoning = reasoning
  const modalities = placeOf(config, 'responseModalities', path)
  const wanted = asList(config[modalities.name]) ?? []
  if (wanted.some(one => typeof one !== 'string' || one.toUpperCase() !== 'TEXT')) lost.add(modalities.path)
}

function number({ config, path }: GenerationInput, name: string): number | undefined {
  const place = placeOf(config, name, path)
  return readNumber(config, place.name, place.path)
}

function wholeNumber({ config, path }: GenerationInput, name: string): number | undefined {
  const place = placeOf(config, name, path)
  return readInteger(config, place.name, place.path)
}

function readSampling(input: GenerationInput): void {
  const { config, path, request } = input
  const temperature = number(input, 'temperature')
  if (temperature !== undefined) request.temperature = temperature
  const topP = number(input, 'topP')
  if (topP !== undefined) request.topP = topP
  // SDKs send it as a number with a fraction.
  const topK = number(input, 'topK')
  if (topK !== undefined) request.topK = Math.round(topK)
  const seed = wholeNumber(input, 'seed')
  if (seed !== undefined) request.seed = seed
  // Zero, one and false are what the vendor assumes anyway: carrying them would only report losses that are none.
  const presencePenalty = number(input, 'presencePenalty')
  if (presencePenalty) request.presencePenalty = presencePenalty
  const frequencyPenalty = number(input, 'frequencyPenalty')
  if (frequencyPenalty) request.frequencyPenalty = frequencyPenalty
  const choices = wholeNumber(input, 'candidateCount')
  if (choices !== undefined && choices !== 1) request.choices = choices
  const wanted = placeOf(config, 'responseLogprobs', path)
  const top = wholeNumber(input, 'logprobs')
  if (readFlag(config, wanted.name, wanted.path) === true) request.logprobs = top === undefined ? {} : { top }
}

function readStop(config: JsonObject, path: string): readonly string[] {
  const place = placeOf(config, 'stopSequences', path)
  return (asList(config[place.name]) ?? []).map((word, index) => {
    if (typeof word !== 'string') throw refuseMember(`${place.path}[${index}]`, 'a string')
    return word
  })
}

function readFormat(config: JsonObject, path: string, lost: Set<string>): ResponseFormat | undefined {
  const type = placeOf(config, 'responseMimeType', path)
  const mimeType = readText(config, type.name, type.path)?.toLowerCase() ?? ''
  if (mimeType !== '' && mimeType !== 'text/plain' && mimeType !== 'application/json') {
    lost.add(type.path)
    return undefined
  }
  const schema = readSchema(config, path)
  if (schema !== undefined) {
    // The wire has no name for a format, and observes every schema.
    return { kind: 'jsonSchema', name: 'answer', schema, ...(isClosedSchema(schema) && { strict: true }) }
  }
  return mimeType === 'application/json' ? { kind: 'json' } : undefined
}

function readSchema(config: JsonObject, path: string): JsonObject | undefined {
  const plain = placeOf(config, 'responseJsonSchema', path)
  const schema = readObject(config, plain.name, plain.path)
  if (schema !== undefined) return schema
  const own = placeOf(config, 'responseSchema', path)
  const described = readObject(config, own.name, own.path)
  return described === undefined ? undefined : toJsonSchema(described)
}

const thinkingMembers = new Set(['thinkingBudget', 'thinkingLevel', 'includeThoughts'])

/** Off is an effort of `none`; -1 leaves it to the model, as does saying nothing. */
function readThinking(config: JsonObject, base: string, lost: Set<string>): ReasoningWish | undefined {
  const { name, path } = placeOf(config, 'thinkingConfig', base)
  const thinking = readObject(config, name, path)
  if (thinking === undefined) return undefined
  noteForeign(thinking, { translated: thinkingMembers, prefix: path }, lost)
  const levelPlace = placeOf(thinking, 'thinkingLevel', path)
  const level = readText(thinking, levelPlace.name, levelPlace.path)?.toLowerCase()
  const budgetPlace = placeOf(thinking, 'thinkingBudget', path)
  const budget = readInteger(thinking, budgetPlace.name, budgetPlace.path)
  const effort = level !== undefined && level !== 'thinking_level_unspecified' ? level : undefined
  if (effort !== undefined || (budget !== undefined && budget > 0)) {
    return {
      ...(effort !== undefined && { effort }),
      ...(budget !== undefined && budget > 0 && { budgetTokens: budget }),
    }
  }
  if (budget === 0) return { effort: 'none' }
  const shown = placeOf(thinking, 'includeThoughts', path)
  if (readFlag(thinking, shown.name, shown.path) === true) lost.add(shown.path)
  return undefined
}
