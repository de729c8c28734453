import { assertNever } from '../../../crds/vocabulary.ts'
import type {
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  MediaSource,
  ReasoningPart,
  ToolCallPart,
} from '../completion.ts'
import { isJsonObject, parseLeniently } from '../json-value.ts'
import { encodeSignature } from './signatures.ts'

export type Lost = Set<string>

/** Parts of a turn other than results. Undefined for one that stays behind: without content, or named in `lost`. */
export function encodePart(part: ContentPart, lost: Lost): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      if (part.cacheControl !== undefined) lost.add('messages.content.cache_control')
      return part.text === '' ? undefined : { text: part.text }
    case 'refusal':
      return part.text === '' ? undefined : { text: part.text }
    case 'image':
    case 'file':
      return encodeMedia(part, lost)
    case 'audio':
      return { inlineData: { mimeType: audioType(part.format), data: part.data } }
    case 'toolCall':
      return encodeCall(part, lost)
    case 'reasoning':
      return encodeReasoning(part, lost)
    case 'toolResult':
      return undefined
    default:
      return assertNever(part)
  }
}

/** Only thoughts of Google's own models go back to them. */
function encodeReasoning(part: ReasoningPart, lost: Lost): JsonObject | undefined {
  const thoughtSignature = encodeSignature(part.signature)
  if (thoughtSignature !== undefined) return { text: part.text, thought: true, thoughtSignature }
  lost.add('messages.reasoning')
  return undefined
}

function encodeCall(part: ToolCallPart, lost: Lost): JsonObject {
  if (part.cacheControl !== undefined) lost.add('messages.content.cache_control')
  return encodeFunctionCall(part)
}

export function encodeFunctionCall(part: ToolCallPart): JsonObject {
  const thoughtSignature = encodeSignature(part.signature)
  return {
    functionCall: { id: part.id, name: part.name, args: parseArguments(part.argumentsText) },
    ...(thoughtSignature !== undefined && { thoughtSignature }),
  }
}

/** Arguments that are no JSON object cannot be said here: the model sees its own text instead. */
export function parseArguments(text: string): JsonObject {
  if (text === '' || text === '{}') return {}
  const value = parseLeniently(text)
  return isJsonObject(value) ? value : { unparsed: text }
}

export function encodeMedia(part: ImagePart | FilePart, lost: Lost): JsonObject | undefined {
  if (part.kind === 'image' && part.detail !== undefined && part.detail !== 'auto') {
    lost.add('messages.content.detail')
  }
  if (part.kind === 'file' && part.name !== undefined) lost.add('messages.content.file.name')
  const encoded = encodeSource(part.source, part.kind)
  if (encoded === undefined) lost.add(`messages.content.${part.kind}`)
  return encoded
}

function encodeSource(source: MediaSource, kind: 'image' | 'file'): JsonObject | undefined {
  switch (source.kind) {
    case 'base64':
      return { inlineData: { mimeType: commonType(source.mediaType), data: source.data } }
    case 'url':
      return { fileData: { mimeType: typeOfUrl(source.url, kind), fileUri: source.url } }
    case 'vendorFile':
      return undefined
    default:
      return assertNever(source)
  }
}

/** Other vendors also take the unregistered `image/jpg`. */
function commonType(mediaType: string): string {
  const type = mediaType.toLowerCase()
  return type === 'image/jpg' ? 'image/jpeg' : type
}

function audioType(format: string): string {
  return format.includes('/') ? format : `audio/${format}`
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  webp: 'image/webp',
  gif: 'image/gif',
  heic: 'image/heic',
  heif: 'image/heif',
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  webm: 'video/webm',
}

/** The wire wants a type beside an address: the ending of the path tells it, else the most common one of the kind. */
function typeOfUrl(url: string, kind: 'image' | 'file'): string {
  const ending = /\.([a-z0-9]{2,4})(?:[?#]|$)/i.exec(url)?.[1]?.toLowerCase() ?? ''
  const type = Object.hasOwn(types, ending) ? types[ending] : undefined
  const fits = type?.startsWith('image/') === (kind === 'image')
  if (type !== undefined && fits) return type
  return kind === 'image' ? 'image/jpeg' : 'application/pdf'
}
