// What an answer rests on: a passage of it with all its sources here, one source with its passage in the neutral form.
import type { Citation, JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, numberIn, textIn } from '../json-value.ts'
import type { TextOffsets } from './text-offsets.ts'

/** One citation for each source. Citations of the plan and of the thinking have no text that could carry them. */
export function readCitation(citation: JsonObject, offsets: TextOffsets | undefined): readonly Citation[] {
  if (citation.type === 'PLAN' || citation.type === 'THINKING_CONTENT') return []
  const place = placeOf(citation, offsets)
  const sources = isJsonList(citation.sources) ? citation.sources.filter(isJsonObject) : []
  if (sources.length === 0) return [place]
  return sources.map(source => ({ ...readSource(source), ...place }))
}

function placeOf(citation: JsonObject, offsets: TextOffsets | undefined): Pick<Citation, 'start' | 'end'> {
  const start = numberIn(citation.start)
  const end = numberIn(citation.end)
  if (start === undefined || end === undefined || offsets === undefined) return {}
  return { start: offsets.unitsAt(start), end: offsets.unitsAt(end) }
}

/** A document that the caller sent, or what one of its tools gave back. */
function readSource(source: JsonObject): Citation {
  const document = isJsonObject(source.document) ? source.document : {}
  const url = textIn(document.url)
  const title = textIn(document.title) ?? textIn(source.id)
  const citedText = textIn(document.text) ?? textIn(document.snippet)
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
  }
}

export interface CitedText {
  readonly text: string
  /** Which block of the answer holds it. */
  readonly index: number
  readonly offsets: TextOffsets
}

export function writeCitation(citation: Citation, { text, index, offsets }: CitedText): JsonObject {
  const { start, end, url, title, citedText } = citation
  const document: Record<string, JsonValue> = {}
  if (url !== undefined) document.url = url
  if (title !== undefined) document.title = title
  if (citedText !== undefined) document.text = citedText
  const isPlaced = start !== undefined && end !== undefined
  return {
    ...(isPlaced && {
      start: offsets.charactersAt(start),
      end: offsets.charactersAt(end),
      text: text.slice(start, end),
    }),
    sources: [{ type: 'document', id: url ?? title ?? 'source', document }],
    content_index: index,
    type: 'TEXT_CONTENT',
  }
}
