// Sources of a text, in both directions. Offsets of this wire count in the source, not in the answer, so they stay behind.
import type { Citation, JsonObject, JsonValue, TextPart } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, textIn } from '../json-value.ts'

export function readCitation(value: JsonValue): Citation {
  const title = textIn(memberOf(value, 'title'))
  const location = memberOf(value, 'location')
  const url = textIn(memberOf(memberOf(location, 'web'), 'url')) ?? urlIn(memberOf(value, 'source'))
  const citedText = joinTexts(memberOf(value, 'sourceContent'))
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== '' && { citedText }),
  }
}

/** A source is named by an address only where it has one. */
function urlIn(source: JsonValue | undefined): string | undefined {
  const text = textIn(source)
  return text !== undefined && /^https?:\/\//.test(text) ? text : undefined
}

/** A `citationsContent` block. */
export function readCitedText(block: JsonValue | undefined): TextPart {
  const list = memberOf(block, 'citations')
  const citations = isJsonList(list) ? list.map(readCitation) : []
  const text = joinTexts(memberOf(block, 'content'))
  return { kind: 'text', text, ...(citations.length > 0 && { citations }) }
}

function joinTexts(list: JsonValue | undefined): string {
  if (!isJsonList(list)) return ''
  return list.map(entry => (isJsonObject(entry) ? (textIn(entry['text']) ?? '') : '')).join('')
}

export function wireCitation({ url, title, citedText }: Citation): JsonObject {
  return {
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { sourceContent: [{ text: citedText }] }),
    ...(url !== undefined && { location: { web: { url } } }),
  }
}

export function wireCitedText(text: string, citations: readonly Citation[]): JsonObject {
  return { citationsContent: { content: [{ text }], citations: citations.map(wireCitation) } }
}
