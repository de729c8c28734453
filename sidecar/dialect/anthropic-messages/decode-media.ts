// Images, documents and search results of a request. What is text anyway travels as text: every target can read it.
import type { FilePart, ImagePart, JsonObject, JsonValue, MediaSource, TextPart } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { reject, requireObject, requireText } from './json-reading.ts'

/** Names the members of a block that bind it to this vendor. */
export function noteBlockLosses(block: JsonObject, lost: Set<string>): void {
  if (isGiven(block['transformations'])) lost.add('messages.content.transformations')
  const citations = block['citations']
  const isAsked = isJsonList(citations)
    ? citations.length > 0
    : isJsonObject(citations) && citations['enabled'] === true
  if (isAsked) lost.add('messages.content.citations')
}

export function decodeImage(block: JsonObject, path: string): ImagePart {
  return { kind: 'image', source: decodeSource(block['source'], `${path}.source`) }
}

/** @throws RequestRejected for a source of unknown type. */
function decodeSource(value: JsonValue | undefined, path: string): MediaSource {
  const source = requireObject(value, path)
  switch (source['type']) {
    case 'base64':
      return {
        kind: 'base64',
        mediaType: requireText(source['media_type'], `${path}.media_type`),
        data: requireText(source['data'], `${path}.data`),
      }
    case 'url':
      return { kind: 'url', url: requireText(source['url'], `${path}.url`) }
    case 'file':
      return { kind: 'vendorFile', id: requireText(source['file_id'], `${path}.file_id`) }
    default:
      return reject(`${path}.type`, 'one of base64, url, file')
  }
}

export function decodeDocument(
  block: JsonObject,
  path: string,
): readonly (TextPart | ImagePart | FilePart)[] {
  const source = requireObject(block['source'], `${path}.source`)
  const title = textIn(block['title'])
  const heading = headingOf(title, textIn(block['context']))
  if (source['type'] === 'text') {
    return [{ kind: 'text', text: heading + requireText(source['data'], `${path}.source.data`) }]
  }
  if (source['type'] === 'content') {
    const inner = decodeInner(source['content'], `${path}.source.content`)
    return heading === '' ? inner : [{ kind: 'text', text: heading }, ...inner]
  }
  const file: FilePart = {
    kind: 'file',
    source: decodeSource(source, `${path}.source`),
    ...(title !== undefined && { name: title }),
  }
  const context = headingOf(undefined, textIn(block['context']))
  return context === '' ? [file] : [{ kind: 'text', text: context }, file]
}

export function decodeSearchResult(block: JsonObject, path: string): readonly (TextPart | ImagePart)[] {
  const heading = headingOf(textIn(block['title']), textIn(block['source']))
  const inner = decodeInner(block['content'], `${path}.content`)
  return heading === '' ? inner : [{ kind: 'text', text: heading }, ...inner]
}

function headingOf(title: string | undefined, context: string | undefined): string {
  return [title, context]
    .filter(line => line !== undefined && line !== '')
    .map(line => `${line}\n\n`)
    .join('')
}

/** Text and images inside a document. */
function decodeInner(value: JsonValue | undefined, path: string): readonly (TextPart | ImagePart)[] {
  if (typeof value === 'string') return [{ kind: 'text', text: value }]
  if (!isJsonList(value)) return reject(path, 'a string or a list of blocks')
  return value.map((entry, index): TextPart | ImagePart => {
    const block = requireObject(entry, `${path}[${index}]`)
    if (block['type'] === 'image') return decodeImage(block, `${path}[${index}]`)
    return { kind: 'text', text: requireText(block['text'], `${path}[${index}].text`) }
  })
}
