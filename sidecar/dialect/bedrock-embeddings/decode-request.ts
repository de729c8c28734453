import type { JsonObject, JsonValue } from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import type { DecodedEmbeddingRequest, EmbeddingInput, EmbeddingRequest } from '../embeddings.ts'
import { isGiven, isJsonList, memberOf, readInteger, readText, refuseMember, textIn } from '../json-value.ts'
import { embeddingFamilyOf } from './embedding-body.ts'

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this format. */
export function decodeRequest(body: JsonObject, head: RequestHead): DecodedEmbeddingRequest {
  const model = head.model ?? ''
  return embeddingFamilyOf(body) === 'cohere' ? decodeCohere(body, model) : decodeTitan(body, model)
}

const titanMembers = new Set([
  'inputText',
  'inputImage',
  'dimensions',
  'embeddingConfig',
  'embeddingTypes',
  'normalize',
])

function decodeTitan(body: JsonObject, model: string): DecodedEmbeddingRequest {
  const text = readText(body, 'inputText')
  const image = readText(body, 'inputImage')
  if (text === undefined && image === undefined) throw refuseMember('inputText', 'a string')
  const untranslated = foreignMembers(body, titanMembers)
  // Both at once make one vector of the two, which nobody else can.
  if (text !== undefined && image !== undefined) untranslated.push('inputImage')
  if (body['normalize'] === false) untranslated.push('normalize')
  if (hasOtherThanFloat(body['embeddingTypes'])) untranslated.push('embeddingTypes')
  const length = memberOf(body['embeddingConfig'], 'outputEmbeddingLength')
  const dimensions = readInteger(body, 'dimensions') ?? (typeof length === 'number' ? length : undefined)
  const inputs = [text !== undefined ? textInput(text) : imageInput(image ?? '')]
  const request: EmbeddingRequest = {
    model,
    inputs,
    ...(dimensions !== undefined && { dimensions }),
    untranslated,
  }
  return { request, spelling: { encoding: 'float', raw: { family: 'titan' } } }
}

const cohereMembers = new Set([
  'texts',
  'images',
  'input_type',
  'embedding_types',
  'output_dimension',
  'truncate',
])

const purposes: Readonly<Record<string, NonNullable<EmbeddingRequest['purpose']>>> = {
  search_document: 'document',
  search_query: 'query',
  classification: 'classification',
  clustering: 'clustering',
}

function decodeCohere(body: JsonObject, model: string): DecodedEmbeddingRequest {
  const texts = readTexts(body['texts'], 'texts')
  const images = readTexts(body['images'], 'images')
  if (texts.length + images.length === 0) throw refuseMember('texts', 'a list with at least one text')
  const untranslated = foreignMembers(body, cohereMembers)
  if (hasOtherThanFloat(body['embedding_types'])) untranslated.push('embedding_types')
  if (isGiven(body['truncate']) && body['truncate'] !== 'NONE') untranslated.push('truncate')
  const dimensions = readInteger(body, 'output_dimension')
  const purpose = purposes[textIn(body['input_type']) ?? '']
  const request: EmbeddingRequest = {
    model,
    inputs: [...texts.map(textInput), ...images.map(imageInput)],
    ...(dimensions !== undefined && { dimensions }),
    ...(purpose !== undefined && { purpose }),
    untranslated,
  }
  const raw = { family: 'cohere', byType: isGiven(body['embedding_types']), texts }
  return { request, spelling: { encoding: 'float', raw } }
}

function foreignMembers(body: JsonObject, known: ReadonlySet<string>): string[] {
  return Object.keys(body).filter(name => !known.has(name) && isGiven(body[name]))
}

function hasOtherThanFloat(types: JsonValue | undefined): boolean {
  return isJsonList(types) && types.some(type => type !== 'float')
}

function readTexts(value: JsonValue | undefined, path: string): readonly string[] {
  if (!isGiven(value)) return []
  if (!isJsonList(value)) throw refuseMember(path, 'a list of strings')
  return value.map((entry, index) => {
    if (typeof entry !== 'string') throw refuseMember(`${path}[${index}]`, 'a string')
    return entry
  })
}

function textInput(text: string): EmbeddingInput {
  return { kind: 'text', text }
}

/** A data URL, or the bare base64 of a PNG or JPEG. */
function imageInput(text: string): EmbeddingInput {
  const found = /^data:([^;,]+);base64,(.*)$/s.exec(text)
  const [, mediaType, data] = found ?? []
  if (mediaType !== undefined && data !== undefined) return { kind: 'image', mediaType, data }
  return { kind: 'image', mediaType: text.startsWith('/9j/') ? 'image/jpeg' : 'image/png', data: text }
}
