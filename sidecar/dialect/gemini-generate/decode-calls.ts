// Function calls and their results in a request.
import type { JsonObject, ToolCallPart, ToolResultPart } from '../completion.ts'
import { isGiven, readObject, readRequiredText, readText, requireObject, textIn } from '../json-value.ts'
import { decodeFileData, decodeInlineData } from './decode-media.ts'
import type { PartContext } from './decode-messages.ts'
import type { CallIds } from './native-id.ts'
import { asList, noteForeign, placeOf } from './spellings.ts'

export function decodeFunctionCall(call: JsonObject, path: string, ids: CallIds): ToolCallPart {
  const name = readRequiredText(call, 'name', `${path}.name`)
  return {
    kind: 'toolCall',
    id: ids.called(textIn(call.id), name),
    name,
    argumentsText: JSON.stringify(readObject(call, 'args', `${path}.args`) ?? {}),
  }
}

const translated = new Set(['id', 'name', 'response', 'parts'])

export function decodeFunctionResponse(
  answer: JsonObject,
  path: string,
  context: PartContext,
): ToolResultPart {
  const { ids, lost } = context
  const prefix = 'contents.parts.functionResponse'
  noteForeign(answer, { translated, prefix }, lost)
  const name = readRequiredText(answer, 'name', `${path}.name`)
  const { text, isError } = readResult(readObject(answer, 'response', `${path}.response`) ?? {})
  const content: ToolResultPart['content'][number][] = text === '' ? [] : [{ kind: 'text', text }]
  for (const [index, value] of (asList(answer.parts) ?? []).entries()) {
    const partPath = `${path}.parts[${index}]`
    const media = decodeMedia(requireObject(value, partPath), partPath)
    if (media?.kind === 'image' || media?.kind === 'file') content.push(media)
    else lost.add(`${prefix}.parts`)
  }
  return {
    kind: 'toolResult',
    callId: ids.answered(readText(answer, 'id', `${path}.id`), name),
    content,
    ...(isError && { isError }),
  }
}

function decodeMedia(part: JsonObject, path: string) {
  const blob = placeOf(part, 'inlineData', path)
  const inline = readObject(part, blob.name, blob.path)
  if (inline !== undefined) return decodeInlineData(inline, blob.path)
  const file = placeOf(part, 'fileData', path)
  const address = readObject(part, file.name, file.path)
  return address === undefined ? undefined : decodeFileData(address, file.path)
}

/** Names under which Google and its SDKs put a plain result into the object that the wire demands. */
const plainMembers = ['output', 'result'] as const

/** The text of a result: a plain one bare, anything else as JSON. */
export function readResult(response: JsonObject): { readonly text: string; readonly isError: boolean } {
  const names = Object.keys(response)
  const only = names.length === 1 ? names[0] : undefined
  if (only === undefined) return { text: names.length === 0 ? '' : JSON.stringify(response), isError: false }
  const value = response[only]
  const isError = only === 'error'
  const isPlain = isError || plainMembers.some(name => name === only)
  if (isPlain && typeof value === 'string') return { text: value, isError }
  return { text: JSON.stringify(response), isError: isError && isGiven(value) }
}
