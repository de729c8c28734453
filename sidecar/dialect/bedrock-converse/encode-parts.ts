import { assertNever } from '../../../crds/vocabulary.ts'
import type {
  ContentPart,
  FilePart,
  ImagePart,
  JsonObject,
  NeutralParameter,
  ToolCallPart,
  ToolResultPart,
} from '../completion.ts'
import { parseArguments } from './json-reading.ts'
import { audioFormat, documentFormat, documentName, imageFormat } from './media-formats.ts'
import type { ToolIds } from './native-id.ts'

export interface PartContext {
  readonly ids: ToolIds
  readonly lost: Set<NeutralParameter | string>
  /** Names of documents that are taken: each must be another one. */
  readonly documentNames: Set<string>
}

/** Blank text blocks are refused upstream. */
export function hasText(text: string): boolean {
  return /\S/.test(text)
}

/** Undefined for a part that stays behind: one without content, or one that is named in `lost`. */
export function encodePart(part: ContentPart, context: PartContext): JsonObject | undefined {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return hasText(part.text) ? { text: part.text } : undefined
    case 'image':
      return encodeImage(part, context)
    case 'file':
      return encodeFile(part, context)
    case 'audio': {
      const format = audioFormat(part.format)
      if (format !== undefined) return { audio: { format, source: { bytes: part.data } } }
      context.lost.add('messages.content.audio')
      return undefined
    }
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

/** Nothing is fetched upstream: only bytes can be shown. */
function encodeImage({ source, detail }: ImagePart, { lost }: PartContext): JsonObject | undefined {
  if (detail !== undefined && detail !== 'auto') lost.add('messages.content.detail')
  const format = source.kind === 'base64' ? imageFormat(source.mediaType) : undefined
  if (source.kind === 'base64' && format !== undefined) {
    return { image: { format, source: { bytes: source.data } } }
  }
  lost.add('messages.content.image')
  return undefined
}

function encodeFile(
  { source, name }: FilePart,
  { lost, documentNames }: PartContext,
): JsonObject | undefined {
  const format = source.kind === 'base64' ? documentFormat(source.mediaType) : undefined
  if (source.kind !== 'base64' || format === undefined) {
    lost.add('messages.content.file')
    return undefined
  }
  const unique = freeName(documentName(name, documentNames.size + 1), documentNames)
  return { document: { format, name: unique, source: { bytes: source.data } } }
}

function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let copy = 2; taken.has(name); copy += 1) name = `${wanted} (${copy})`
  taken.add(name)
  return name
}

function encodeToolCall(part: ToolCallPart, { ids }: PartContext): JsonObject {
  return {
    toolUse: {
      toolUseId: ids.forCall(part.id),
      name: part.name,
      // Arguments that are no JSON object cannot be said here: the model sees its own text instead.
      input: parseArguments(part.argumentsText) ?? { unparsed: part.argumentsText },
    },
  }
}

function encodeToolResult(part: ToolResultPart, context: PartContext): JsonObject {
  // Blank text is fine in here, and something has to be.
  const content = part.content.flatMap(piece =>
    piece.kind === 'text' ? { text: piece.text } : (encodePart(piece, context) ?? []),
  )
  return {
    toolResult: {
      toolUseId: context.ids.forResult(part.callId),
      content: content.length > 0 ? content : [{ text: '' }],
      ...(part.isError !== undefined && { status: part.isError ? 'error' : 'success' }),
    },
  }
}
