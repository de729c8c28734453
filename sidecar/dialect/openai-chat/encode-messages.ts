// Neutral messages → chat messages. One neutral turn may become several: chat gives every tool result its own message, and
// pictures inside a result follow as a user message, because a tool message takes text only.
import type {
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  JsonValue,
  MediaSource,
  Message,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from '../completion.ts'
import { encodeCall } from './encode-reply.ts'
import { type CallIdMapper, createCallIdMapper } from './map-call-ids.ts'
import { audioFormats, fileNameFor, isShown } from './media-formats.ts'
import type { ModelHabits } from './model-habits.ts'
import type { VendorHabits } from './vendor-habits.ts'

export interface MessageHabits extends Pick<ModelHabits, 'callIds'>, Pick<VendorHabits, 'reasoningBack'> {}

interface Context {
  readonly mapId: CallIdMapper
  readonly reasoningBack: VendorHabits['reasoningBack']
  readonly lost: Set<string>
}

export function encodeMessages(
  messages: readonly Message[],
  { callIds, reasoningBack }: MessageHabits,
  lost: Set<string>,
): readonly JsonObject[] {
  const context: Context = { mapId: createCallIdMapper(callIds), reasoningBack, lost }
  const encoded: JsonObject[] = []
  /** Pictures of tool results wait here: nothing may stand between the results of one turn. */
  let pictures: (ImagePart | FilePart)[] = []
  const flush = () => {
    if (pictures.length > 0) encoded.push({ role: 'user', content: encodeParts(pictures, context) })
    pictures = []
  }
  for (const message of messages) {
    const results = message.content.filter(part => part.kind === 'toolResult')
    if (results.length === 0) flush()
    for (const result of results) {
      encoded.push(encodeResult(result, context))
      for (const part of result.content) if (part.kind !== 'text') pictures.push(part)
    }
    const rest =
      results.length === 0 ? message.content : message.content.filter(part => part.kind !== 'toolResult')
    if (message.role === 'tool' && rest.length === 0) continue
    flush()
    const turn =
      message.role === 'assistant' ? encodeAssistant(message, context) : encodeTurn(message, rest, context)
    if (turn !== undefined) encoded.push(turn)
  }
  flush()
  return encoded
}

function encodeResult(result: ToolResultPart, { mapId, lost }: Context): JsonObject {
  const texts = result.content.filter(part => part.kind === 'text')
  if (result.isError === true) lost.add('messages.content.is_error')
  return { role: 'tool', tool_call_id: mapId(result.callId), content: encodeTexts(texts) }
}

function encodeTurn(
  message: Message,
  content: readonly ContentPart[],
  context: Context,
): JsonObject | undefined {
  const role = message.role === 'system' ? 'system' : 'user'
  const [only] = content
  const text = content.length === 1 && only?.kind === 'text' ? only.text : undefined
  if (message.role !== 'system' && content.length === 0 && message.content.length > 0) return undefined
  const parts = text ?? (content.length === 0 ? '' : encodeParts(content, context))
  return { role, content: parts, ...nameOf(message) }
}

/** Undefined when nothing is left of the turn, for example only reasoning. */
function encodeAssistant(message: Message, context: Context): JsonObject | undefined {
  const { mapId, lost, reasoningBack } = context
  const texts = message.content.filter(part => part.kind === 'text')
  const refusal = message.content.map(part => (part.kind === 'refusal' ? part.text : '')).join('')
  const calls = message.content.filter(part => part.kind === 'toolCall')
  for (const part of message.content) {
    if (part.kind === 'reasoning' && !isCarried(part, context)) lost.add('messages.reasoning')
    else if (part.kind === 'image' || part.kind === 'file' || part.kind === 'audio')
      lost.add(`messages.content.${part.kind}`)
  }
  if (texts.length === 0 && refusal === '' && calls.length === 0 && message.content.length > 0)
    return undefined
  const turn: Record<string, JsonValue> = {
    role: 'assistant',
    content: encodeTexts(texts),
    ...nameOf(message),
  }
  if (texts.length === 0 && (calls.length > 0 || refusal !== '')) turn.content = null
  if (refusal !== '') turn.refusal = refusal
  const reasoning = message.content.map(part => (isCarried(part, context) ? part.text : '')).join('')
  if (reasoningBack !== undefined && reasoning !== '') turn[reasoningBack] = reasoning
  if (calls.length > 0) turn.tool_calls = calls.map(call => encodeCall({ ...call, id: mapId(call.id) }))
  return turn
}

/** Reasoning goes back to servers that ask for it; what is signed is bound to the model that wrote it and stays behind. */
function isCarried(part: ContentPart, { reasoningBack }: Context): part is ReasoningPart {
  return reasoningBack !== undefined && part.kind === 'reasoning' && part.signature === undefined
}

function nameOf({ name }: Message): { readonly name?: string } {
  return name === undefined ? {} : { name }
}

/** One text is written plainly: that is what every server reads. */
function encodeTexts(texts: readonly TextPart[]): JsonValue {
  const [only] = texts
  if (texts.length <= 1) return only?.text ?? ''
  return texts.map(part => ({ type: 'text', text: part.text }))
}

function encodeParts(content: readonly ContentPart[], { lost }: Context): JsonValue {
  const parts: JsonObject[] = []
  for (const part of content) {
    const encoded = encodePart(part)
    if (typeof encoded === 'string') lost.add(encoded)
    else parts.push(encoded)
  }
  return parts.length === 0 ? '' : parts
}

/** The part, or the name under which its loss is reported. */
function encodePart(part: ContentPart): JsonObject | string {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { type: 'text', text: part.text }
    case 'image': {
      const url = isShown(part.source) ? urlOf(part.source) : undefined
      if (url === undefined) return 'messages.content.image'
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      return { type: 'image_url', image_url: { url, ...detail } }
    }
    case 'audio':
      if (!audioFormats.has(part.format)) return 'messages.content.audio'
      return { type: 'input_audio', input_audio: { data: part.data, format: part.format } }
    case 'file':
      return encodeFile(part)
    case 'reasoning':
      return 'messages.reasoning'
    case 'toolCall':
    case 'toolResult':
      return `messages.content.${part.kind}`
  }
}

/** Chat takes the bytes of a file; it fetches none, and another vendor's file id means nothing to it. */
function encodeFile(part: FilePart): JsonObject | string {
  const { source, name } = part
  if (source.kind !== 'base64' || source.mediaType.startsWith('video/')) return 'messages.content.file'
  return {
    type: 'file',
    file: { filename: fileNameFor(source.mediaType, name), file_data: urlOf(source) ?? '' },
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
