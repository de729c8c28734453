// What a text rests on, both ways. The wire knows sources on the web only.
import type { Citation, JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, numberIn, textIn } from '../json-value.ts'

export function readAnnotations(annotations: JsonValue | undefined): readonly Citation[] {
  return isJsonList(annotations) ? annotations.flatMap(readAnnotation) : []
}

function readAnnotation(annotation: JsonValue): readonly Citation[] {
  const source = isJsonObject(annotation) ? annotation.url_citation : undefined
  if (!isJsonObject(source)) return []
  const url = textIn(source.url)
  const title = textIn(source.title)
  const start = numberIn(source.start_index)
  const end = numberIn(source.end_index)
  return [
    {
      ...(url !== undefined && { url }),
      ...(title !== undefined && { title }),
      ...(start !== undefined && { start }),
      ...(end !== undefined && { end }),
    },
  ]
}

/**
 * Undefined without a URL: nothing else can be said here.
 * @param passage where the text stands that rests on it: all of it where the source tells no place.
 */
export function writeAnnotation(
  citation: Citation,
  passage: { readonly offset: number; readonly length: number },
): JsonObject | undefined {
  const { url, title = '', start = 0, end = passage.length } = citation
  if (url === undefined) return undefined
  return {
    type: 'url_citation',
    url_citation: { url, title, start_index: passage.offset + start, end_index: passage.offset + end },
  }
}
