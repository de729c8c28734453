// Images, documents, audio and search results of a request. What is text anyway travels as text: every target can read it.
import type {
  AudioPart,
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  JsonValue,
  MediaSource,
  TextPart,
} from '../completion.ts'
import { isGiven, isJsonObject, memberOf, textIn } from '../json-value.ts'
import { readUnion, reject, requireList, requireObject, requireText } from './json-reading.ts'
import { documentMediaType, imageMediaType } from './media-formats.ts'

export function decodeImage(value: JsonValue, path: string): ImagePart {
  const image = requireObject(value, path)
  const mediaType = imageMediaType(requireText(image['format'], `${path}.format`))
  return { kind: 'image', source: decodeSource(image['source'], mediaType, `${path}.source`) }
}

/** @throws RequestRejected for a source of unknown kind. */
function decodeSource(value: JsonValue | undefined, mediaType: string, path: string): MediaSource {
  const source = readUnion(requireObject(value, path))
  switch (source?.kind) {
    case 'bytes':
      return { kind: 'base64', mediaType, data: requireText(source.value, `${path}.bytes`) }
    case 's3Location':
      // A bucket opens to the account of its owner only, as a vendor's file does.
      return { kind: 'vendorFile', id: requireText(memberOf(source.value, 'uri'), `${path}.s3Location.uri`) }
    default:
      return reject(path, 'an object with bytes or s3Location')
  }
}

/** Undefined where the sound lies in a bucket, which nobody else can open. */
export function decodeAudio(value: JsonValue, path: string): AudioPart | undefined {
  const audio = requireObject(value, path)
  const source = decodeSource(audio['source'], '', `${path}.source`)
  const format = requireText(audio['format'], `${path}.format`)
  return source.kind === 'base64' ? { kind: 'audio', format, data: source.data } : undefined
}

export function decodeDocument(
  value: JsonValue,
  path: string,
  lost: Set<string>,
): readonly (TextPart | FilePart)[] {
  const document = requireObject(value, path)
  if (memberOf(document['citations'], 'enabled') === true) lost.add('messages.content.document.citations')
  const context = textIn(document['context'])
  const name = textIn(document['name'])
  const heading = headingOf(name, context)
  const source = requireObject(document['source'], `${path}.source`)
  const text = readTextSource(source, path)
  if (text !== undefined) return [{ kind: 'text', text: heading + text }]
  const mediaType = documentMediaType(textIn(document['format']) ?? '')
  const decoded = decodeSource(source, mediaType, `${path}.source`)
  if (decoded.kind === 'base64' && mediaType.startsWith('text/')) {
    return [{ kind: 'text', text: heading + Buffer.from(decoded.data, 'base64').toString('utf8') }]
  }
  const file: FilePart = { kind: 'file', source: decoded, ...(name !== undefined && { name }) }
  return context === undefined ? [file] : [{ kind: 'text', text: headingOf(undefined, context) }, file]
}

function readTextSource(source: JsonObject, path: string): string | undefined {
  if (isGiven(source['text'])) return requireText(source['text'], `${path}.source.text`)
  if (!isGiven(source['content'])) return undefined
  return readTexts(source['content'], `${path}.source.content`)
}

export function decodeSearchResult(value: JsonValue, path: string): TextPart {
  const result = requireObject(value, path)
  const heading = headingOf(textIn(result['title']), textIn(result['source']))
  return { kind: 'text', text: heading + readTexts(result['content'], `${path}.content`) }
}

/** Pieces of one text. */
function readTexts(value: JsonValue | undefined, path: string): string {
  return requireList(value, path)
    .map((entry, index) => requireText(memberOf(entry, 'text'), `${path}[${index}].text`))
    .join('')
}

function headingOf(title: string | undefined, context: string | undefined): string {
  return [title, context]
    .filter(line => line !== undefined && line !== '')
    .map(line => `${line}\n\n`)
    .join('')
}

/** What a guardrail is to look at goes on as what it is; that it was marked is a loss. */
export function decodeGuardContent(value: JsonValue, path: string, lost: Set<string>): ContentPart {
  lost.add(path.startsWith('system') ? 'system.guardContent' : 'messages.content.guardContent')
  const content = readUnion(requireObject(value, path))
  if (content?.kind === 'image') return decodeImage(content.value, `${path}.image`)
  if (content?.kind !== 'text') return reject(path, 'an object with text or image')
  const text = isJsonObject(content.value) ? content.value['text'] : content.value
  return { kind: 'text', text: requireText(text, `${path}.text.text`) }
}
