// The content of a chat message: a string, or a list of typed parts.
import type { ContentPart, JsonObject, JsonValue, MediaSource } from '../completion.ts'
import {
  isGiven,
  isJsonList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
  textIn,
} from '../json-value.ts'
import { thinkingText } from './decode-reply.ts'

/** No parts for null and for an empty string. */
export function decodeContent(
  content: JsonValue | undefined,
  path: string,
  untranslated: Set<string>,
): readonly ContentPart[] {
  if (!isGiven(content) || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!isJsonList(content)) throw refuseMember(path, 'a string or a list of parts')
  return content.flatMap((value, index) =>
    decodePart(requireObject(value, `${path}[${index}]`), `${path}[${index}]`, untranslated),
  )
}

function decodePart(part: JsonObject, path: string, untranslated: Set<string>): readonly ContentPart[] {
  const kind = readRequiredText(part, 'type', `${path}.type`)
  for (const name of Object.keys(part)) {
    // A part has its type and the member that is named like it; anything else is somebody's extension.
    if (name !== 'type' && name !== kind && name !== 'text' && isGiven(part[name])) {
      untranslated.add(`messages.content.${name}`)
    }
  }
  switch (kind) {
    case 'text':
      return [{ kind: 'text', text: readRequiredText(part, 'text', `${path}.text`) }]
    case 'refusal':
      return [{ kind: 'refusal', text: readRequiredText(part, 'refusal', `${path}.refusal`) }]
    case 'thinking':
      return [{ kind: 'reasoning', text: thinkingText(part.thinking) }]
    case 'image_url':
      return [decodeImage(part, path)]
    case 'input_audio': {
      const audio = readObject(part, 'input_audio', `${path}.input_audio`) ?? {}
      const data = readRequiredText(audio, 'data', `${path}.input_audio.data`)
      return [
        { kind: 'audio', format: readRequiredText(audio, 'format', `${path}.input_audio.format`), data },
      ]
    }
    case 'file':
      return [decodeFile(part, path)]
    default:
      untranslated.add(`messages.content.${kind}`)
      return []
  }
}

function decodeImage(part: JsonObject, path: string): ContentPart {
  // Some servers take the URL itself in the place of the object.
  const direct = textIn(part.image_url)
  if (direct !== undefined) return { kind: 'image', source: mediaSource(direct) }
  const image = readObject(part, 'image_url', `${path}.image_url`) ?? {}
  const detail = readText(image, 'detail', `${path}.image_url.detail`)
  const url = readRequiredText(image, 'url', `${path}.image_url.url`)
  return { kind: 'image', source: mediaSource(url), ...(detail !== undefined && { detail }) }
}

function decodeFile(part: JsonObject, path: string): ContentPart {
  const file = readObject(part, 'file', `${path}.file`) ?? {}
  const name = readText(file, 'filename', `${path}.file.filename`)
  const named = name === undefined ? {} : { name }
  const id = readText(file, 'file_id', `${path}.file.file_id`)
  if (id !== undefined) return { kind: 'file', source: { kind: 'vendorFile', id }, ...named }
  const data = readRequiredText(file, 'file_data', `${path}.file.file_data`)
  return { kind: 'file', source: mediaSource(data), ...named }
}

const dataUrl = /^data:([^;,]+)(?:;[^;,]+)*;base64,/

/** `data:` URLs become their bytes; any other URL stays one. */
function mediaSource(url: string): MediaSource {
  // Only the head is matched: the rest may be megabytes.
  const head = dataUrl.exec(url.slice(0, 256))
  const mediaType = head?.[1]
  if (head === null || mediaType === undefined) return { kind: 'url', url }
  return { kind: 'base64', mediaType, data: url.slice(head[0].length) }
}
