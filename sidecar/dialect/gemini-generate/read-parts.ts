// The parts of an answer: what each of them is to a caller of another vendor. Used for whole answers and for streams.
import type { JsonObject, JsonValue, RefusalPart, ReplyPart } from '../completion.ts'
import { isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { mintCallId } from './native-id.ts'
import { decodeSignature } from './signatures.ts'

/** Which call of which answer a nameless one is. */
export interface CallOrigin {
  readonly replyId: string
  readonly choice: number
}

/** @param calls how many calls the choice has made before this part. */
export function readPart(
  part: JsonObject,
  origin: CallOrigin,
  calls: number,
): Exclude<ReplyPart, RefusalPart> | undefined {
  const signature = decodeSignature(textIn(part.thoughtSignature))
  const signed = signature === undefined ? {} : { signature }
  if (isJsonObject(part.functionCall)) {
    const { id, name, args } = part.functionCall
    const called = textIn(name)
    // Vertex streams arguments in pieces to callers who ask for it; only the first piece names the function.
    if (called === undefined) return undefined
    return {
      kind: 'toolCall',
      id: textIn(id) ?? mintCallId(origin.replyId, origin.choice, calls, called),
      name: called,
      argumentsText: JSON.stringify(isJsonObject(args) ? args : {}),
      ...signed,
    }
  }
  if (typeof part.text === 'string') {
    if (part.thought === true) return { kind: 'reasoning', text: part.text, ...signed }
    return part.text === '' ? undefined : { kind: 'text', text: part.text }
  }
  const itemKind = Object.keys(part).find(name => !labels.has(name))
  return itemKind === undefined ? undefined : { kind: 'other', itemKind }
}

/** Members that describe a part rather than being one. */
const labels = new Set(['thought', 'thoughtSignature', 'partMetadata', 'videoMetadata', 'mediaResolution'])

export function partsIn(candidate: JsonObject): readonly JsonObject[] {
  const parts: JsonValue | undefined = isJsonObject(candidate.content) ? candidate.content.parts : undefined
  return isJsonList(parts) ? parts.filter(isJsonObject) : []
}
