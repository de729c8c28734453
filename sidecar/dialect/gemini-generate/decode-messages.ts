// The caller's conversation. A user turn that carries results of functions becomes tool messages (one for each result)
// and a user message.
import type { ContentPart, JsonObject, JsonValue, Message } from '../completion.ts'
import { readObject, readText, refuseMember, requireObject } from '../json-value.ts'
import { decodeFunctionCall, decodeFunctionResponse } from './decode-calls.ts'
import { decodeFileData, decodeInlineData } from './decode-media.ts'
import { CallIds } from './native-id.ts'
import { decodeSignature, isStandIn } from './signatures.ts'
import { asList, noteForeign, placeOf } from './spellings.ts'

export interface PartContext {
  readonly ids: CallIds
  readonly lost: Set<string>
}

/** `systemInstruction`: a turn, its role without meaning, or bare text. */
export function decodeSystem(body: JsonObject, lost: Set<string>): readonly Message[] {
  const { name } = placeOf(body, 'systemInstruction', '')
  const value = body[name]
  if (typeof value === 'string') {
    return value === '' ? [] : [{ role: 'system', content: [{ kind: 'text', text: value }] }]
  }
  const instruction = readObject(body, name)
  if (instruction === undefined) return []
  const content: ContentPart[] = []
  for (const part of partsOf(instruction, name)) {
    const text = readText(part.value, 'text', `${part.path}.text`)
    if (text !== undefined && text !== '') content.push({ kind: 'text', text })
    noteForeign(part.value, { translated: systemMembers, prefix: `${name}.parts` }, lost)
  }
  return content.length === 0 ? [] : [{ role: 'system', content }]
}

const systemMembers = new Set(['text', 'thought'])

/** @throws RequestRejected naming the path of what is no turn. */
export function decodeMessages(body: JsonObject, lost: Set<string>): readonly Message[] {
  const context: PartContext = { ids: new CallIds(), lost }
  const messages: Message[] = []
  for (const [index, value] of (asList(body.contents) ?? []).entries()) {
    const path = `contents[${index}]`
    for (const message of decodeTurn(requireTurn(value, path), path, context)) addMessage(messages, message)
  }
  if (messages.length === 0) throw refuseMember('contents', 'a list with at least one turn that has parts')
  return messages
}

/** Clients keep a streamed answer as one turn for each of its chunks: together they are the answer. */
function addMessage(messages: Message[], message: Message): void {
  const last = messages.at(-1)
  if (message.role !== 'assistant' || last?.role !== 'assistant') messages.push(message)
  else messages[messages.length - 1] = { role: 'assistant', content: joined(last.content, message.content) }
}

/** Words that were cut between two chunks are joined again. */
function joined(before: readonly ContentPart[], after: readonly ContentPart[]): readonly ContentPart[] {
  const last = before.at(-1)
  const [first, ...rest] = after
  if (last?.kind !== 'text' || first?.kind !== 'text') return [...before, ...after]
  return [...before.slice(0, -1), { kind: 'text', text: last.text + first.text }, ...rest]
}

/** A bare string is no turn on the wire, but some servers and every SDK read it as one. */
function requireTurn(value: JsonValue, path: string): JsonObject {
  return typeof value === 'string' ? { parts: [{ text: value }] } : requireObject(value, path)
}

function decodeTurn(turn: JsonObject, path: string, context: PartContext): readonly Message[] {
  const role = readText(turn, 'role', `${path}.role`) ?? 'user'
  if (!roles.has(role)) throw refuseMember(`${path}.role`, 'one of user, model')
  const content = partsOf(turn, path).flatMap(part => decodePart(part.value, part.path, context))
  // An empty turn says nothing; clients keep one for an answer that had no content.
  if (content.length === 0) return []
  if (role === 'model') return [{ role: 'assistant', content }]
  const messages: Message[] = []
  for (const part of content) if (part.kind === 'toolResult') messages.push({ role: 'tool', content: [part] })
  const others = content.filter(part => part.kind !== 'toolResult')
  if (others.length > 0) messages.push({ role: 'user', content: others })
  return messages
}

/** `function` and `tool` are what older clients call the turn with the results. */
const roles = new Set(['user', 'model', 'function', 'tool', ''])

interface LocatedPart {
  readonly value: JsonObject
  readonly path: string
}

function partsOf(turn: JsonObject, path: string): readonly LocatedPart[] {
  return (asList(turn.parts) ?? []).map((value, index) => {
    const located = `${path}.parts[${index}]`
    return {
      value: typeof value === 'string' ? { text: value } : requireObject(value, located),
      path: located,
    }
  })
}

const partMembers = new Set([
  'text',
  'thought',
  'thoughtSignature',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
])

function decodePart(part: JsonObject, path: string, context: PartContext): readonly ContentPart[] {
  const { ids, lost } = context
  noteForeign(part, { translated: partMembers, prefix: 'contents.parts' }, lost)
  const place = placeOf(part, 'thoughtSignature', path)
  const written = readText(part, place.name, place.path)
  const signature = decodeSignature(written)
  if (written !== undefined && !isStandIn(written)) lost.add(`contents.parts.${place.name}`)
  const inside = (name: string) => {
    const { name: spelled, path: innerPath } = placeOf(part, name, path)
    const value = readObject(part, spelled, innerPath)
    return value === undefined ? undefined : { value, path: innerPath, name: spelled }
  }
  const call = inside('functionCall')
  if (call !== undefined) {
    const decoded = decodeFunctionCall(call.value, call.path, ids)
    return [signature === undefined ? decoded : { ...decoded, signature }]
  }
  const response = inside('functionResponse')
  if (response !== undefined) return [decodeFunctionResponse(response.value, response.path, context)]
  const blob = inside('inlineData')
  if (blob !== undefined) return [decodeInlineData(blob.value, blob.path)]
  const file = inside('fileData')
  if (file !== undefined) return [decodeFileData(file.value, file.path)]
  const text = readText(part, 'text', `${path}.text`) ?? ''
  if (part.thought === true) {
    return [{ kind: 'reasoning', text, ...(signature !== undefined && { signature }) }]
  }
  return text === '' ? [] : [{ kind: 'text', text }]
}
