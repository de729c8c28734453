// What an answer rests on. Google counts its offsets in bytes of UTF-8, the neutral form in UTF-16 units. Both ways.
import type { Citation, JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, numberIn, textIn } from '../json-value.ts'

/** @param text what the candidate says, to turn offsets into ours. */
export function readCitations(candidate: JsonObject, text: string): readonly Citation[] {
  const cited = listIn(memberOf(candidate.citationMetadata, 'citations')).map(source => ({
    ...sourceOf(source),
    ...offsetsOf(source, text),
  }))
  return [...groundingOf(candidate.groundingMetadata, text), ...cited].filter(
    citation => citation.url !== undefined || citation.title !== undefined,
  )
}

function listIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : []
}

/** One citation for each passage and source; a source that no passage names counts once. */
function groundingOf(metadata: JsonValue | undefined, text: string): readonly Citation[] {
  const chunks = memberOf(metadata, 'groundingChunks')
  const sources = isJsonList(chunks) ? chunks.map(chunkSource) : []
  const supports = listIn(memberOf(metadata, 'groundingSupports'))
  const named = new Set<number>()
  const citations: Citation[] = []
  for (const support of supports) {
    const indexes = isJsonList(support.groundingChunkIndices) ? support.groundingChunkIndices : []
    const offsets = isJsonObject(support.segment) ? offsetsOf(support.segment, text) : {}
    for (const index of indexes) {
      const source = typeof index === 'number' ? sources[index] : undefined
      if (typeof index !== 'number' || source === undefined) continue
      named.add(index)
      citations.push({ ...source, ...offsets })
    }
  }
  return [...citations, ...sources.filter((_, index) => !named.has(index))]
}

/** A page, a passage of the caller's own store, or a place on a map. */
function chunkSource(chunk: JsonValue): Citation {
  const kinds = isJsonObject(chunk) ? [chunk.web, chunk.retrievedContext, chunk.maps, chunk.image] : []
  const source = kinds.find(isJsonObject)
  if (source === undefined) return {}
  const passage = textIn(source.text)
  return { ...sourceOf(source), ...(passage !== undefined && { citedText: passage }) }
}

function sourceOf(source: JsonObject): Citation {
  const url = textIn(source.uri) ?? textIn(source.sourceUri)
  const title = textIn(source.title)
  return { ...(url !== undefined && { url }), ...(title !== undefined && { title }) }
}

/** The wire leaves out a start of zero. */
function offsetsOf(segment: JsonObject, text: string): Pick<Citation, 'start' | 'end'> {
  const endByte = numberIn(segment.endIndex)
  if (endByte === undefined) return {}
  const bytes = Buffer.from(text)
  const unitsUntil = (byte: number) => bytes.subarray(0, byte).toString('utf8').length
  return { start: unitsUntil(numberIn(segment.startIndex) ?? 0), end: unitsUntil(endByte) }
}

/** @param text what the candidate says; undefined when nothing is cited. */
export function writeGrounding(citations: readonly Citation[], text: string): JsonObject | undefined {
  if (citations.length === 0) return undefined
  const chunks: JsonObject[] = []
  const supports: JsonObject[] = []
  const places = new Map<string, number>()
  for (const citation of citations) {
    const key = JSON.stringify([citation.url, citation.title])
    const place = places.get(key) ?? chunks.length
    if (place === chunks.length) {
      places.set(key, place)
      chunks.push({ web: { uri: citation.url ?? '', title: citation.title ?? '' } })
    }
    const { start, end } = citation
    if (end === undefined) continue
    const segment = {
      startIndex: Buffer.byteLength(text.slice(0, start ?? 0)),
      endIndex: Buffer.byteLength(text.slice(0, end)),
      text: text.slice(start ?? 0, end),
    }
    supports.push({ segment, groundingChunkIndices: [place] })
  }
  return { groundingChunks: chunks, ...(supports.length > 0 && { groundingSupports: supports }) }
}
