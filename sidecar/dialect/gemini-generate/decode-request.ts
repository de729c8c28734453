// A generateContent request → the neutral completion. The model and whether the answer streams stand in the path.
import type { CompletionRequest, JsonObject } from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import { isGiven, readObject, readText, refuseMember } from '../json-value.ts'
import { decodeGeneration, type Mutable } from './decode-generation.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { member, noteForeign, placeOf } from './spellings.ts'

/** Members that the neutral form has a word for, and those that repeat the path. */
const translated = new Set([
  'model',
  'contents',
  'systemInstruction',
  'tools',
  'toolConfig',
  'generationConfig',
  'serviceTier',
])

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this dialect. */
export function decodeRequest(
  body: JsonObject,
  head: Pick<RequestHead, 'model' | 'stream'>,
): CompletionRequest {
  const lost = new Set<string>()
  noteForeign(body, { translated, prefix: '' }, lost)
  const request: Mutable<CompletionRequest> = {
    model: modelOf(body, head) ?? missingModel(),
    stream: head.stream === true,
    messages: [...decodeSystem(body, lost), ...decodeMessages(body, lost)],
    tools: decodeTools(body, lost),
    ...decodeToolChoice(body, lost),
    untranslated: [],
  }
  // What is cached is part of the prompt, and only its vendor can read it.
  if (isGiven(member(body, 'cachedContent'))) request.history = 'vendor'
  const place = placeOf(body, 'generationConfig', '')
  const config = readObject(body, place.name)
  if (config !== undefined) decodeGeneration({ config, path: place.path, request, lost })
  const tier = readText(body, placeOf(body, 'serviceTier', '').name)?.toLowerCase()
  if (tier !== undefined && tier !== 'unspecified')
    request.serviceTier = tier === 'standard' ? 'default' : tier
  return { ...request, untranslated: [...lost].sort() }
}

/** The name alone, without the collection that some clients write in front of it. */
export function modelOf(body: JsonObject, head: Pick<RequestHead, 'model'>): string | undefined {
  const named = head.model ?? (typeof body.model === 'string' ? body.model : undefined)
  return named?.replace(/^models\//, '')
}

function missingModel(): never {
  throw refuseMember('model', 'a string')
}
