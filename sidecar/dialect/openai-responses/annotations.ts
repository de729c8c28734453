// What a text rests on, both ways. Only web sources can be said by others; files and containers lie at the vendor.
import type { Citation, JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, numberIn, textIn } from '../json-value.ts'

export function readCitations(annotations: JsonValue | undefined): readonly Citation[] {
  return isJsonList(annotations) ? annotations.flatMap(annotation => readCitation(annotation) ?? []) : []
}

/** Undefined for what is no annotation. */
export function readCitation(annotation: JsonValue | undefined): Citation | undefined {
  if (!isJsonObject(annotation)) return undefined
  const url = textIn(annotation.url)
  const title = textIn(annotation.title) ?? textIn(annotation.filename)
  const start = numberIn(annotation.start_index)
  const end = numberIn(annotation.end_index)
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(start !== undefined && { start }),
    ...(end !== undefined && { end }),
  }
}

export function writeAnnotations(citations: readonly Citation[], text: string): readonly JsonObject[] {
  const annotations: JsonObject[] = []
  for (const citation of citations) {
    const annotation = writeAnnotation(citation, text)
    if (annotation !== undefined) annotations.push(annotation)
  }
  return annotations
}

/**
 * Undefined without a URL: the other kinds name files of the vendor.
 * @param text what has been said so far: all of it rests on a source that tells no place.
 */
export function writeAnnotation(citation: Citation, text: string): JsonObject | undefined {
  if (citation.url === undefined) return undefined
  return {
    type: 'url_citation',
    url: citation.url,
    title: citation.title ?? '',
    start_index: citation.start ?? 0,
    end_index: citation.end ?? text.length,
  }
}
