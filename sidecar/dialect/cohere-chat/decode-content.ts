// The content of a message: a string, or a list of typed parts.
import type { ContentPart, JsonObject, JsonValue, MediaSource, TextPart } from '../completion.ts'
import {
  isGiven,
  isJsonList,
  isJsonObject,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'

/** No parts for null and for empty texts: clients send those beside tool calls. */
export function decodeContent(
  content: JsonValue | undefined,
  path: string,
  untranslated: Set<string>,
): readonly ContentPart[] {
  if (!isGiven(content) || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!isJsonList(content)) throw refuseMember(path, 'a string or a list of parts')
  return content.flatMap((value, index) => {
    const partPath = `${path}[${index}]`
    if (typeof value === 'string') return textParts(value)
    return decodePart(requireObject(value, partPath), partPath, untranslated)
  })
}

function textParts(text: string): readonly TextPart[] {
  return text === '' ? [] : [{ kind: 'text', text }]
}

function decodePart(part: JsonObject, path: string, untranslated: Set<string>): readonly ContentPart[] {
  const kind = readRequiredText(part, 'type', `${path}.type`)
  switch (kind) {
    case 'text':
      return textParts(readRequiredText(part, 'text', `${path}.text`))
    case 'thinking': {
      const text = readRequiredText(part, 'thinking', `${path}.thinking`)
      return text === '' ? [] : [{ kind: 'reasoning', text }]
    }
    case 'image_url':
      return [decodeImage(part, path)]
    case 'document': {
      const document = readObject(part, 'document', `${path}.document`) ?? {}
      // What the answer could cite it by.
      if (isGiven(document.id)) untranslated.add('messages.content.document.id')
      return textParts(documentText(document.data))
    }
    default:
      untranslated.add(`messages.content.${kind}`)
      return []
  }
}

function decodeImage(part: JsonObject, path: string): ContentPart {
  if (typeof part.image_url === 'string') return { kind: 'image', source: mediaSource(part.image_url) }
  const image = readObject(part, 'image_url', `${path}.image_url`) ?? {}
  const detail = readText(image, 'detail', `${path}.image_url.detail`)
  const url = readRequiredText(image, 'url', `${path}.image_url.url`)
  return { kind: 'image', source: mediaSource(url), ...(detail !== undefined && { detail }) }
}

const dataUrl = /^data:([^;,]+)(?:;[^;,]+)*;base64,/

/** `data:` URLs become their bytes; any other URL stays one. */
export function mediaSource(url: string): MediaSource {
  // Only the head is matched: the rest may be megabytes.
  const head = dataUrl.exec(url.slice(0, 256))
  const mediaType = head?.[1]
  if (head === null || mediaType === undefined) return { kind: 'url', url }
  return { kind: 'base64', mediaType, data: url.slice(head[0].length) }
}

/** A document is a text, or an object of any members with texts in them. */
export function documentText(data: JsonValue | undefined): string {
  if (typeof data === 'string') return data
  if (!isJsonObject(data)) return isGiven(data) ? JSON.stringify(data) : ''
  return Object.entries(data)
    .filter(([, value]) => isGiven(value))
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('\n')
}
