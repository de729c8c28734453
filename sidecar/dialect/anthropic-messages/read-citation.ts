import type { Citation, JsonValue } from '../completion.ts'
import { isJsonObject, textIn } from '../json-value.ts'

/**
 * What a text rests on; undefined for what is no citation. Its places lie in the source, not in the text, and the marks
 * of web results can be read by the vendor alone: neither is carried.
 */
export function readCitation(value: JsonValue | undefined): Citation | undefined {
  if (!isJsonObject(value)) return undefined
  const url = textIn(value['url']) ?? textIn(value['source'])
  const title = textIn(value['title']) ?? textIn(value['document_title'])
  const citedText = textIn(value['cited_text'])
  if (url === undefined && title === undefined && citedText === undefined) return undefined
  return {
    ...(url !== undefined && { url }),
    ...(title !== undefined && { title }),
    ...(citedText !== undefined && { citedText }),
  }
}
