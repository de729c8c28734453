// Neutral messages → input items. One turn of the assistant becomes a run of items: its texts, and each of its calls.
import type {
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  JsonValue,
  MediaSource,
  Message,
  NeutralParameter,
  RefusalPart,
  TextPart,
  ToolResultPart,
} from '../completion.ts'
import { writeAnnotations } from './annotations.ts'
import { CallIds } from './native-id.ts'

type Lost = Set<NeutralParameter | string>

interface Context {
  readonly ids: CallIds
  readonly lost: Lost
}

export interface WireInput {
  readonly instructions?: string
  readonly input: readonly JsonObject[]
}

export function encodeMessages(messages: readonly Message[], lost: Lost): WireInput {
  const context: Context = { ids: new CallIds(), lost }
  const instructions = instructionsOf(messages)
  const rest = instructions === undefined ? messages : messages.slice(1)
  const input = rest.flatMap(message => encodeMessage(message, context))
  return { ...(instructions !== undefined && { instructions }), input }
}

/** System text in front stands by itself here, as long as something follows it. */
function instructionsOf([first, ...others]: readonly Message[]): string | undefined {
  if (first?.role !== 'system' || others.length === 0 || first.name !== undefined) return undefined
  const [only] = first.content
  const isPlain = first.content.length === 1 && only?.kind === 'text' && only.cacheControl === undefined
  return isPlain ? only.text : undefined
}

function encodeMessage(message: Message, context: Context): readonly JsonObject[] {
  if (message.name !== undefined) context.lost.add('messages.name')
  if (message.role === 'assistant') return encodeAnswer(message.content, context)
  const items: JsonObject[] = []
  const rest: ContentPart[] = []
  for (const part of message.content) {
    if (part.kind === 'toolResult') items.push(encodeResult(part, context))
    else rest.push(part)
  }
  if (rest.length === 0 && (items.length > 0 || message.role === 'tool')) return items
  const role = message.role === 'system' ? 'system' : 'user'
  items.push({ type: 'message', role, content: encodeContent(rest, context) })
  return items
}

function encodeAnswer(content: readonly ContentPart[], context: Context): readonly JsonObject[] {
  const items: JsonObject[] = []
  let said: (TextPart | RefusalPart)[] = []
  const closeMessage = () => {
    if (said.length > 0)
      items.push({ type: 'message', role: 'assistant', content: encodeSaid(said, context) })
    said = []
  }
  for (const part of content) {
    if (part.kind === 'text' || part.kind === 'refusal') {
      said.push(part)
    } else if (part.kind === 'toolCall') {
      closeMessage()
      items.push({
        type: 'function_call',
        call_id: context.ids.forCall(part.id),
        name: part.name,
        arguments: part.argumentsText === '' ? '{}' : part.argumentsText,
      })
    } else {
      // Reasoning of another vendor has no encrypted form that this one could read.
      context.lost.add(part.kind === 'reasoning' ? 'messages.reasoning' : `messages.content.${part.kind}`)
    }
  }
  closeMessage()
  return items
}

/** One text is written plainly: that is what every server reads. */
function encodeSaid(said: readonly (TextPart | RefusalPart)[], { lost }: Context): JsonValue {
  for (const part of said) noteCacheControl(part, lost)
  const [only] = said
  if (said.length === 1 && only?.kind === 'text' && only.citations === undefined) return only.text
  return said.map(part => {
    if (part.kind === 'refusal') return { type: 'refusal', refusal: part.text }
    const annotations = writeAnnotations(part.citations ?? [], part.text)
    return { type: 'output_text', text: part.text, ...(annotations.length > 0 && { annotations }) }
  })
}

function encodeResult(result: ToolResultPart, context: Context): JsonObject {
  if (result.isError === true) context.lost.add('messages.content.is_error')
  if (result.cacheControl !== undefined) context.lost.add('messages.content.cache_control')
  const output = encodeContent(result.content, context)
  return { type: 'function_call_output', call_id: context.ids.forResult(result.callId), output }
}

function encodeContent(content: readonly ContentPart[], context: Context): JsonValue {
  const [only] = content
  if (only === undefined) return ''
  if (content.length === 1 && only.kind === 'text') {
    noteCacheControl(only, context.lost)
    return only.text
  }
  const parts = content.flatMap(part => encodePart(part, context.lost) ?? [])
  return parts.length === 0 ? '' : parts
}

/** Undefined for a part that stays behind and is named. */
function encodePart(part: ContentPart, lost: Lost): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      noteCacheControl(part, lost)
      return { type: 'input_text', text: part.text }
    case 'image':
      return encodeImage(part, lost)
    case 'file':
      return encodeFile(part, lost)
    case 'reasoning':
      lost.add('messages.reasoning')
      return undefined
    case 'audio':
    case 'toolCall':
    case 'toolResult':
      lost.add(`messages.content.${part.kind}`)
      return undefined
  }
}

/** The vendor keeps prompts by itself; where to, only its newest models let themselves be told. */
function noteCacheControl(part: TextPart | RefusalPart, lost: Lost): void {
  if (part.kind === 'text' && part.cacheControl !== undefined) lost.add('messages.content.cache_control')
}

function encodeImage(part: ImagePart, lost: Lost): JsonObject | undefined {
  const url = urlOf(part.source)
  if (url === undefined) {
    lost.add('messages.content.image')
    return undefined
  }
  return { type: 'input_image', image_url: url, ...(part.detail !== undefined && { detail: part.detail }) }
}

function encodeFile(part: FilePart, lost: Lost): JsonObject | undefined {
  switch (part.source.kind) {
    case 'vendorFile':
      lost.add('messages.content.file')
      return undefined
    case 'url':
      return { type: 'input_file', file_url: part.source.url }
    case 'base64': {
      const filename = part.name ?? fileNameFor(part.source.mediaType)
      return { type: 'input_file', filename, file_data: urlOf(part.source) ?? '' }
    }
  }
}

/** The server demands a name; its extension tells the type once more. */
function fileNameFor(mediaType: string): string {
  const subtype = mediaType.slice(mediaType.indexOf('/') + 1)
  return `document.${subtype === 'plain' ? 'txt' : subtype.replace(/[^a-z0-9]/g, '')}`
}

/** Undefined for another vendor's file id, which means nothing here. */
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
