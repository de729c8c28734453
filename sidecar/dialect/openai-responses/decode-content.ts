// The content of a message or of a tool's output: a string, or a list of typed parts.
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
  textIn,
} from '../json-value.ts'
import { readCitations } from './annotations.ts'

/** No parts for null and for an empty string. */
export function decodeContent(
  content: JsonValue | undefined,
  path: string,
  untranslated: Set<string>,
): readonly ContentPart[] {
  if (!isGiven(content) || content === '') return []
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!isJsonList(content)) throw refuseMember(path, 'a string or a list of parts')
  return content.flatMap((value, index) => {
    const at = `${path}[${index}]`
    return decodePart(requireObject(value, at), at, untranslated)
  })
}

function decodePart(part: JsonObject, path: string, untranslated: Set<string>): readonly ContentPart[] {
  const kind = readRequiredText(part, 'type', `${path}.type`)
  switch (kind) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return [decodeText(part, path)]
    case 'refusal':
      return [{ kind: 'refusal', text: readRequiredText(part, 'refusal', `${path}.refusal`) }]
    case 'input_image':
      return [decodeImage(part, path)]
    case 'input_file':
      return [decodeFile(part, path)]
    case 'input_audio': {
      const audio = readObject(part, 'input_audio', `${path}.input_audio`) ?? {}
      const data = readRequiredText(audio, 'data', `${path}.input_audio.data`)
      return [
        { kind: 'audio', format: readRequiredText(audio, 'format', `${path}.input_audio.format`), data },
      ]
    }
    default:
      untranslated.add(`input.content.${kind}`)
      return []
  }
}

function decodeText(part: JsonObject, path: string): TextPart {
  const citations = readCitations(part.annotations)
  return {
    kind: 'text',
    text: readRequiredText(part, 'text', `${path}.text`),
    ...(citations.length > 0 && { citations }),
    ...(isJsonObject(part.prompt_cache_breakpoint) && { cacheControl: {} }),
  }
}

function decodeImage(part: JsonObject, path: string): ContentPart {
  const detail = readText(part, 'detail', `${path}.detail`)
  const described = detail === undefined ? {} : { detail }
  const id = readText(part, 'file_id', `${path}.file_id`)
  if (id !== undefined) return { kind: 'image', source: { kind: 'vendorFile', id }, ...described }
  const url = readRequiredText(part, 'image_url', `${path}.image_url`)
  return { kind: 'image', source: mediaSource(url), ...described }
}

function decodeFile(part: JsonObject, path: string): ContentPart {
  const name = readText(part, 'filename', `${path}.filename`)
  return { kind: 'file', source: fileSource(part, path), ...(name !== undefined && { name }) }
}

function fileSource(part: JsonObject, path: string): MediaSource {
  const id = textIn(part.file_id)
  if (id !== undefined) return { kind: 'vendorFile', id }
  const url = textIn(part.file_url)
  if (url !== undefined) return { kind: 'url', url }
  const data = readRequiredText(part, 'file_data', `${path}.file_data`)
  // Bare base64 is taken for what nearly every file here is.
  return data.startsWith('data:') ? mediaSource(data) : { kind: 'base64', mediaType: 'application/pdf', data }
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
