import { assertNever } from '../../../crds/vocabulary.ts'
import type {
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  JsonValue,
  NeutralParameter,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from '../completion.ts'
import type { CacheMarks } from './cache-marks.ts'
import { parseArguments } from './json-reading.ts'
import type { ToolIds } from './native-id.ts'

export interface PartContext {
  readonly ids: ToolIds
  readonly lost: Set<NeutralParameter | string>
  readonly marks: CacheMarks
}

/** Blank text blocks are refused upstream. */
export function hasText(text: string): boolean {
  return /\S/.test(text)
}

/** Undefined for a part that stays behind: one without content, or one that is named in `lost`. */
export function encodePart(part: ContentPart, context: PartContext): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
      return encodeText(part, context, markInMessages)
    case 'refusal':
      return hasText(part.text) ? { type: 'text', text: part.text } : undefined
    case 'image':
      return encodeImage(part, context)
    case 'file':
      return encodeFile(part, context)
    case 'audio':
      context.lost.add('messages.content.audio')
      return undefined
    case 'toolCall':
      return encodeToolCall(part, context)
    case 'toolResult':
      return encodeToolResult(part, context)
    case 'reasoning':
      // Signatures are checked upstream and belong to the model that made them: foreign reasoning would be refused.
      context.lost.add('messages.reasoning')
      return undefined
    default:
      return assertNever(part)
  }
}

/** @param loss how a mark is named that stays behind. */
export function encodeText(
  part: TextPart,
  { marks, lost }: Pick<PartContext, 'marks' | 'lost'>,
  loss: string,
): JsonObject | undefined {
  if (hasText(part.text)) return { type: 'text', text: part.text, ...marks.write(part.cacheControl, loss) }
  if (part.cacheControl !== undefined) lost.add(loss)
  return undefined
}

const markInMessages = 'messages.content.cache_control'

function encodeImage(part: ImagePart, context: PartContext): JsonObject | undefined {
  if (part.detail !== undefined && part.detail !== 'auto') context.lost.add('messages.content.detail')
  switch (part.source.kind) {
    case 'url':
      return { type: 'image', source: { type: 'url', url: part.source.url } }
    case 'base64': {
      const type = imageType(part.source.mediaType)
      if (imageTypes.has(type)) return { type: 'image', source: base64Source(type, part.source.data) }
      context.lost.add('messages.content.image')
      return undefined
    }
    case 'vendorFile':
      context.lost.add('messages.content.image')
      return undefined
    default:
      return assertNever(part.source)
  }
}

const imageTypes: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

/** The upstream compares with a short list of lower-case names; other vendors also take the unregistered `image/jpg`. */
function imageType(mediaType: string): string {
  const type = mediaType.toLowerCase()
  return type === 'image/jpg' ? 'image/jpeg' : type
}

function base64Source(mediaType: string, data: string): JsonObject {
  return { type: 'base64', media_type: mediaType, data }
}

function encodeFile(part: FilePart, context: PartContext): JsonObject | undefined {
  const source = fileSource(part)
  if (source === undefined) {
    context.lost.add('messages.content.file')
    return undefined
  }
  return { type: 'document', source, ...(part.name !== undefined && { title: part.name }) }
}

/** Undefined for an id of another vendor and for a format that is no document here. */
function fileSource({ source }: FilePart): JsonValue | undefined {
  if (source.kind === 'url') return { type: 'url', url: source.url }
  if (source.kind === 'vendorFile') return undefined
  if (source.mediaType === 'application/pdf') return base64Source(source.mediaType, source.data)
  if (!source.mediaType.startsWith('text/')) return undefined
  return {
    type: 'text',
    media_type: 'text/plain',
    data: Buffer.from(source.data, 'base64').toString('utf8'),
  }
}

function encodeToolCall(part: ToolCallPart, context: PartContext): JsonObject {
  return {
    type: 'tool_use',
    id: context.ids.forCall(part.id),
    name: part.name,
    // Arguments that are no JSON object cannot be said here: the model sees its own text instead.
    input: parseArguments(part.argumentsText) ?? { unparsed: part.argumentsText },
    ...context.marks.write(part.cacheControl, markInMessages),
  }
}

function encodeToolResult(part: ToolResultPart, context: PartContext): JsonObject {
  const content = part.content.flatMap(piece => encodePart(piece, context) ?? [])
  return {
    type: 'tool_result',
    tool_use_id: context.ids.forResult(part.callId),
    ...(content.length > 0 && { content }),
    ...(part.isError !== undefined && { is_error: part.isError }),
    ...context.marks.write(part.cacheControl, markInMessages),
  }
}
