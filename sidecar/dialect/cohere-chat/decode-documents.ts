// Documents that the answer is to rest on. Nobody else has a place for them beside the conversation, and without them
// another model would answer another question: they are put in front of what the user asks.
import type { JsonObject, JsonValue, Message, TextPart } from '../completion.ts'
import { isGiven, isJsonObject, readList, textIn } from '../json-value.ts'
import { documentText } from './decode-content.ts'

/** The documents as one text; undefined when the request has none. */
export function decodeDocuments(body: JsonObject, untranslated: Set<string>): TextPart | undefined {
  const documents = readList(body, 'documents') ?? []
  const texts = documents.map(writeDocument).filter(text => text !== '')
  if (texts.length === 0) return undefined
  // Their words are carried; that they can be cited is not.
  untranslated.add('documents')
  return { kind: 'text', text: texts.join('\n\n') }
}

function writeDocument(document: JsonValue, index: number): string {
  const data = isJsonObject(document) ? (document.data ?? withoutId(document)) : document
  const text = documentText(data)
  const id = (isJsonObject(document) ? textIn(document.id) : undefined) ?? `doc:${index}`
  return text === '' ? '' : `Document ${id}\n${text}`
}

function withoutId(document: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(document).filter(([name, value]) => name !== 'id' && isGiven(value)),
  )
}

/** In front of the last user turn: it is what the documents were sent for. */
export function placeDocuments(messages: readonly Message[], documents: TextPart): readonly Message[] {
  const place = messages.findLastIndex(message => message.role === 'user')
  const turn = messages[place]
  if (turn === undefined) return [...messages, { role: 'user', content: [documents] }]
  return messages.with(place, { ...turn, content: [documents, ...turn.content] })
}
