// Neutral messages → Cohere's. Every tool result is a message of its own; pictures inside one follow as a user message,
// because a tool message takes text only.
import type {
  ContentPart,
  ImagePart,
  JsonObject,
  JsonValue,
  MediaSource,
  Message,
  ReasoningPart,
  ToolResultPart,
} from '../completion.ts'
import { encodeCall } from './encode-reply.ts'
import type { ModelHabits } from './model-habits.ts'

interface Context {
  readonly habits: ModelHabits
  readonly lost: Set<string>
}

export function encodeMessages(messages: readonly Message[], context: Context): readonly JsonObject[] {
  const { lost } = context
  const encoded: JsonObject[] = []
  /** Pictures of tool results wait here: nothing may stand between the results of one turn. */
  let pictures: readonly ImagePart[] = []
  const flush = () => {
    if (pictures.length > 0) encoded.push({ role: 'user', content: encodeParts(pictures, lost) })
    pictures = []
  }
  for (const message of messages) {
    if (message.name !== undefined) lost.add('messages.name')
    const results = message.content.filter(part => part.kind === 'toolResult')
    if (results.length === 0) flush()
    for (const result of results) {
      encoded.push(encodeResult(result, lost))
      pictures = [...pictures, ...result.content.filter(part => part.kind === 'image')]
    }
    const rest = message.content.filter(part => part.kind !== 'toolResult')
    if (rest.length === 0 && message.content.length > 0) continue
    flush()
    const turn =
      message.role === 'assistant' ? encodeAssistant(rest, context) : encodeTurn(message, rest, lost)
    if (turn !== undefined) encoded.push(turn)
  }
  flush()
  return encoded
}

function encodeResult(result: ToolResultPart, lost: Set<string>): JsonObject {
  const texts = result.content.flatMap(part => (part.kind === 'text' ? [part.text] : []))
  if (result.isError === true) lost.add('messages.content.is_error')
  if (result.content.some(part => part.kind === 'file')) lost.add('messages.content.file')
  const [only = ''] = texts
  const content = texts.length <= 1 ? only : texts.map(text => ({ type: 'text', text }))
  return { role: 'tool', tool_call_id: result.callId, content }
}

/** Undefined when nothing is left of a turn that was no empty one. */
function encodeTurn(
  message: Message,
  content: readonly ContentPart[],
  lost: Set<string>,
): JsonObject | undefined {
  const role = message.role === 'system' ? 'system' : 'user'
  const [only] = content
  if (only === undefined) return { role, content: '' }
  if (content.length === 1 && only.kind === 'text') return { role, content: only.text }
  const parts = encodeParts(content, lost)
  return parts.length === 0 ? undefined : { role, content: parts }
}

/** What an assistant said before it called tools is its plan here. */
function encodeAssistant(content: readonly ContentPart[], { habits, lost }: Context): JsonObject | undefined {
  const thoughts: JsonObject[] = []
  const texts: string[] = []
  const calls: JsonObject[] = []
  for (const part of content) {
    if (part.kind === 'text' || part.kind === 'refusal') texts.push(part.text)
    else if (part.kind === 'toolCall') calls.push(encodeCall(part))
    else if (part.kind === 'reasoning' && habits.reasons && isOpen(part))
      thoughts.push({ type: 'thinking', thinking: part.text })
    else lost.add(part.kind === 'reasoning' ? 'messages.reasoning' : `messages.content.${part.kind}`)
  }
  if (calls.length > 0) {
    const plan = texts.join('')
    return {
      role: 'assistant',
      ...(thoughts.length > 0 && { content: thoughts }),
      ...(plan !== '' && { tool_plan: plan }),
      tool_calls: calls,
    }
  }
  if (texts.length === 0 && content.length > 0) return undefined
  return { role: 'assistant', content: encodeTexts(texts, thoughts) }
}

/** Thinking that is bound to the model that wrote it stays behind. */
function isOpen({ text, signature, redactedData }: ReasoningPart): boolean {
  return text !== '' && signature === undefined && redactedData === undefined
}

function encodeTexts(texts: readonly string[], thoughts: readonly JsonObject[]): JsonValue {
  const [only = ''] = texts
  if (texts.length <= 1 && thoughts.length === 0) return only
  return [...thoughts, ...texts.map(text => ({ type: 'text', text }))]
}

function encodeParts(content: readonly ContentPart[], lost: Set<string>): readonly JsonObject[] {
  return content.flatMap(part => {
    const encoded = encodePart(part)
    if (typeof encoded !== 'string') return [encoded]
    lost.add(encoded)
    return []
  })
}

/** The part, or the name under which its loss is reported. */
function encodePart(part: ContentPart): JsonObject | string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'image': {
      const url = urlOf(part.source)
      if (url === undefined) return 'messages.content.image'
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      return { type: 'image_url', image_url: { url, ...detail } }
    }
    case 'reasoning':
      return 'messages.reasoning'
    default:
      return `messages.content.${part.kind}`
  }
}

function urlOf(source: MediaSource): string | undefined {
  switch (source.kind) {
    case 'url':
      return source.url
    case 'base64':
      return `data:${source.mediaType};base64,${source.data}`
    case 'vendorFile':
      return undefined
  }
}
