// The caller's conversation. A user turn that carries tool results becomes tool messages (one per result) and a user message.
import type {
  CacheControl,
  ContentPart,
  JsonObject,
  JsonValue,
  Message,
  ToolResultPart,
} from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { readMark } from './cache-marks.ts'
import { decodeDocument, decodeImage, decodeSearchResult, noteBlockLosses } from './decode-media.ts'
import { reject, requireList, requireObject, requireText } from './json-reading.ts'

/** Top-level `system`: a string or text blocks, as one system message. */
export function decodeSystem(value: JsonValue | undefined): readonly Message[] {
  if (!isGiven(value) || value === '') return []
  const content = decodeSystemContent(value, 'system')
  return content.length > 0 ? [{ role: 'system', content }] : []
}

function decodeSystemContent(value: JsonValue, path: string): readonly ContentPart[] {
  if (typeof value === 'string') return [{ kind: 'text', text: value }]
  const content: ContentPart[] = []
  for (const [index, entry] of requireList(value, path).entries()) {
    const block = requireObject(entry, `${path}[${index}]`)
    const text = requireText(block['text'], `${path}[${index}].text`)
    content.push({ kind: 'text', text, ...readMark(block['cache_control']) })
  }
  return content
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
  const content = turn['content']
  switch (turn['role']) {
    case 'user':
      return splitUserTurn(decodeContent(content, `${path}.content`, lost))
    case 'assistant':
      return [{ role: 'assistant', content: decodeContent(content, `${path}.content`, lost) }]
    case 'system':
      if (!isGiven(content)) return reject(`${path}.content`, 'a string or a list of blocks')
      return [{ role: 'system', content: decodeSystemContent(content, `${path}.content`) }]
    default:
      return reject(`${path}.role`, 'one of user, assistant, system')
  }
}

function splitUserTurn(parts: readonly ContentPart[]): readonly Message[] {
  if (!parts.some(part => part.kind === 'toolResult')) return [{ role: 'user', content: parts }]
  const results = parts.filter(part => part.kind === 'toolResult')
  const others = parts.filter(part => part.kind !== 'toolResult')
  const messages: Message[] = results.map(result => ({ role: 'tool', content: [result] }))
  if (others.length > 0) messages.push({ role: 'user', content: others })
  return messages
}

function decodeContent(
  content: JsonValue | undefined,
  path: string,
  lost: Set<string>,
): readonly ContentPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }]
  if (!isJsonList(content)) return reject(path, 'a string or a list of blocks')
  return content.flatMap((entry, index) => {
    const block = requireObject(entry, `${path}[${index}]`)
    return markLast(decodeBlock(block, `${path}[${index}]`, lost), block['cache_control'], lost)
  })
}

/** The mark of a block belongs to the last part that was made of it. */
function markLast(
  parts: readonly ContentPart[],
  value: JsonValue | undefined,
  lost: Set<string>,
): readonly ContentPart[] {
  if (!isGiven(value)) return parts
  const last = parts.at(-1)
  if (last?.kind === 'text' || last?.kind === 'toolCall' || last?.kind === 'toolResult') {
    return [...parts.slice(0, -1), { ...last, ...readMark(value) }]
  }
  lost.add('messages.content.cache_control')
  return parts
}

function decodeBlock(block: JsonObject, path: string, lost: Set<string>): readonly ContentPart[] {
  noteBlockLosses(block, lost)
  const type = requireText(block['type'], `${path}.type`)
  switch (type) {
    case 'text':
      return [{ kind: 'text', text: requireText(block['text'], `${path}.text`) }]
    case 'image':
      return [decodeImage(block, path)]
    case 'document':
      return decodeDocument(block, path)
    case 'search_result':
      return decodeSearchResult(block, path)
    case 'tool_use':
      return [decodeToolUse(block, path)]
    case 'tool_result':
      return [decodeToolResult(block, path, lost)]
    case 'thinking':
      return [decodeThinkingBlock(block)]
    case 'redacted_thinking':
      return [{ kind: 'reasoning', text: '', redactedData: textIn(block['data']) ?? '' }]
    default:
      // Server tools, their results, container uploads: bound to this vendor.
      lost.add(`messages.content.${type}`)
      return []
  }
}

function decodeToolUse(block: JsonObject, path: string): ContentPart {
  const input = block['input'] ?? {}
  return {
    kind: 'toolCall',
    id: requireText(block['id'], `${path}.id`),
    name: requireText(block['name'], `${path}.name`),
    argumentsText: JSON.stringify(isJsonObject(input) ? input : reject(`${path}.input`, 'an object')),
  }
}

function decodeThinkingBlock(block: JsonObject): ContentPart {
  const signature = textIn(block['signature'])
  return {
    kind: 'reasoning',
    text: textIn(block['thinking']) ?? '',
    ...(signature !== undefined && { signature }),
  }
}

function decodeToolResult(block: JsonObject, path: string, lost: Set<string>): ToolResultPart {
  const content = block['content']
  const parts = isGiven(content) ? decodeContent(content, `${path}.content`, lost) : []
  const carried: ToolResultPart['content'][number][] = []
  let mark: CacheControl | undefined
  for (const part of parts) {
    if (part.kind === 'text') {
      // A mark inside of a result moves to its end: nowhere else can one stand in there.
      const { cacheControl, ...text } = part
      mark = cacheControl ?? mark
      carried.push(text)
    } else if (part.kind === 'image' || part.kind === 'file') carried.push(part)
    else lost.add(`messages.content.tool_result.${part.kind}`)
  }
  return {
    kind: 'toolResult',
    callId: requireText(block['tool_use_id'], `${path}.tool_use_id`),
    content: carried,
    ...(typeof block['is_error'] === 'boolean' && { isError: block['is_error'] }),
    ...(mark !== undefined && { cacheControl: mark }),
  }
}
