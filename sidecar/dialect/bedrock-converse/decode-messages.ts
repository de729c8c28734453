// The caller's conversation. A user turn that carries tool results becomes tool messages (one per result) and a user message.
import type {
  CacheControl,
  ContentPart,
  JsonObject,
  JsonValue,
  Message,
  ToolResultPart,
} from '../completion.ts'
import { isGiven, textIn } from '../json-value.ts'
import { readCitedText } from './citations.ts'
import {
  decodeAudio,
  decodeDocument,
  decodeGuardContent,
  decodeImage,
  decodeSearchResult,
} from './decode-media.ts'
import { readUnion, reject, requireList, requireObject, requireText } from './json-reading.ts'

/** Top-level `system`, as one system message. */
export function decodeSystem(value: JsonValue | undefined, lost: Set<string>): readonly Message[] {
  if (!isGiven(value)) return []
  const content: ContentPart[] = []
  for (const [index, entry] of requireList(value, 'system').entries()) {
    const path = `system[${index}]`
    const block = readUnion(requireObject(entry, path))
    if (block?.kind === 'text') content.push({ kind: 'text', text: requireText(block.value, `${path}.text`) })
    else if (block?.kind === 'guardContent')
      content.push(decodeGuardContent(block.value, `${path}.guardContent`, lost))
    else if (block?.kind === 'cachePoint')
      markCached(content, block.value, { name: 'system.cachePoint', lost })
    else if (block !== undefined) lost.add(`system.${block.kind}`)
  }
  return content.length > 0 ? [{ role: 'system', content }] : []
}

/** @throws RequestRejected naming the path of what is no message. */
export function decodeMessages(value: JsonValue | undefined, lost: Set<string>): readonly Message[] {
  const turns = requireList(value, 'messages')
  if (turns.length === 0) reject('messages', 'a list with at least one message')
  return turns.flatMap((entry, index) =>
    decodeTurn(requireObject(entry, `messages[${index}]`), `messages[${index}]`, lost),
  )
}

function decodeTurn(turn: JsonObject, path: string, lost: Set<string>): readonly Message[] {
  const role = turn['role']
  if (role !== 'user' && role !== 'assistant') return reject(`${path}.role`, 'one of user, assistant')
  const content: ContentPart[] = []
  for (const [index, entry] of requireList(turn['content'], `${path}.content`).entries()) {
    const blockPath = `${path}.content[${index}]`
    const block = readUnion(requireObject(entry, blockPath))
    if (block === undefined) return reject(blockPath, 'an object with one member, such as text')
    if (block.kind === 'cachePoint') {
      markCached(content, block.value, { name: 'messages.content.cachePoint', lost })
    } else content.push(...decodeBlock(block, `${blockPath}.${block.kind}`, lost))
  }
  return role === 'assistant' ? [{ role, content }] : splitUserTurn(content)
}

/** A cache point stands behind what is to be kept; elsewhere it is a mark on it. */
function markCached(
  content: ContentPart[],
  value: JsonValue,
  loss: { readonly name: string; readonly lost: Set<string> },
): void {
  const last = content.at(-1)
  if (last?.kind !== 'text' && last?.kind !== 'toolCall' && last?.kind !== 'toolResult') {
    loss.lost.add(loss.name)
    return
  }
  content.splice(-1, 1, { ...last, cacheControl: cacheControlOf(value) })
}

export function cacheControlOf(value: JsonValue): CacheControl {
  const ttl = textIn(requireObject(value, 'cachePoint')['ttl'])
  return ttl === undefined ? {} : { ttl }
}

function splitUserTurn(parts: readonly ContentPart[]): readonly Message[] {
  const messages: Message[] = []
  const others: ContentPart[] = []
  for (const part of parts) {
    if (part.kind === 'toolResult') messages.push({ role: 'tool', content: [part] })
    else others.push(part)
  }
  if (others.length > 0 || messages.length === 0) messages.push({ role: 'user', content: others })
  return messages
}

interface Block {
  readonly kind: string
  readonly value: JsonValue
}

function decodeBlock({ kind, value }: Block, path: string, lost: Set<string>): readonly ContentPart[] {
  switch (kind) {
    case 'text':
      return [{ kind: 'text', text: requireText(value, path) }]
    case 'image':
      return [decodeImage(value, path)]
    case 'document':
      return decodeDocument(value, path, lost)
    case 'toolUse':
      return decodeToolUse(requireObject(value, path), path, lost)
    case 'toolResult':
      return decodeToolResult(requireObject(value, path), path, lost)
    case 'reasoningContent':
      return decodeReasoning(requireObject(value, path))
    case 'guardContent':
      return [decodeGuardContent(value, path, lost)]
    case 'citationsContent':
      return [readCitedText(requireObject(value, path))]
    case 'searchResult':
      return [decodeSearchResult(value, path)]
    case 'audio': {
      const audio = decodeAudio(value, path)
      if (audio === undefined) lost.add('messages.content.audio')
      return audio === undefined ? [] : [audio]
    }
    default:
      // Video, changes of the tools in mid-conversation and whatever comes: bound to this vendor.
      lost.add(`messages.content.${kind}`)
      return []
  }
}

function decodeToolUse(block: JsonObject, path: string, lost: Set<string>): readonly ContentPart[] {
  if (block['type'] === 'server_tool_use') {
    lost.add('messages.content.toolUse.server_tool_use')
    return []
  }
  const id = requireText(block['toolUseId'], `${path}.toolUseId`)
  const name = requireText(block['name'], `${path}.name`)
  return [{ kind: 'toolCall', id, name, argumentsText: JSON.stringify(block['input'] ?? {}) }]
}

function decodeReasoning(block: JsonObject): readonly ContentPart[] {
  const content = readUnion(block)
  if (content?.kind === 'redactedContent') {
    return [{ kind: 'reasoning', text: '', redactedData: textIn(content.value) ?? '' }]
  }
  if (content?.kind !== 'reasoningText') return []
  const reasoning = requireObject(content.value, 'reasoningContent.reasoningText')
  const signature = textIn(reasoning['signature'])
  const text = textIn(reasoning['text']) ?? ''
  return [{ kind: 'reasoning', text, ...(signature !== undefined && { signature }) }]
}

function decodeToolResult(block: JsonObject, path: string, lost: Set<string>): readonly ContentPart[] {
  if (isGiven(block['type']) && block['type'] !== 'tool_result') {
    lost.add('messages.content.toolResult.type')
    return []
  }
  const callId = requireText(block['toolUseId'], `${path}.toolUseId`)
  const content: ToolResultPart['content'][number][] = []
  const list = isGiven(block['content']) ? requireList(block['content'], `${path}.content`) : []
  for (const [index, entry] of list.entries()) {
    const piecePath = `${path}.content[${index}]`
    const piece = readUnion(requireObject(entry, piecePath))
    if (piece === undefined) continue
    // What a tool gave as JSON is read as its text everywhere else.
    if (piece.kind === 'json') content.push({ kind: 'text', text: JSON.stringify(piece.value) })
    else if (!carriedInResults.has(piece.kind)) lost.add(`messages.content.toolResult.content.${piece.kind}`)
    else content.push(...decodeBlock(piece, `${piecePath}.${piece.kind}`, lost).filter(isResultContent))
  }
  const status = block['status']
  const isError = status === 'error' ? { isError: true } : status === 'success' ? { isError: false } : {}
  return [{ kind: 'toolResult', callId, content, ...isError }]
}

const carriedInResults: ReadonlySet<string> = new Set(['text', 'image', 'document', 'searchResult'])

function isResultContent(part: ContentPart): part is ToolResultPart['content'][number] {
  return part.kind === 'text' || part.kind === 'image' || part.kind === 'file'
}
