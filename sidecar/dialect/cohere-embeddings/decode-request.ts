// Cohere's embed request: texts, pictures as data URLs, or inputs that hold either.
import { mediaSource } from '../cohere-chat/decode-content.ts'
import type { JsonObject, JsonValue } from '../completion.ts'
import type { DecodedEmbeddingRequest, EmbeddingInput, EmbeddingRequest } from '../embeddings.ts'
import {
  isFilled,
  isGiven,
  readInteger,
  readList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'
import { readInputType } from './input-types.ts'

const readMembers = new Set([
  'model',
  'texts',
  'images',
  'inputs',
  'input_type',
  'embedding_types',
  'output_dimension',
  'priority',
])

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this format. */
export function decodeRequest(body: JsonObject): DecodedEmbeddingRequest {
  const untranslated = new Set<string>()
  for (const name of Object.keys(body)) {
    if (!readMembers.has(name) && isFilled(body[name])) untranslated.add(name)
  }
  const inputs = [...readTexts(body), ...readImages(body), ...readMixed(body, untranslated)]
  if (inputs.length === 0) throw refuseMember('texts', 'a list with at least one text')
  const types = readTypes(body, untranslated)
  const request: EmbeddingRequest = {
    model: readRequiredText(body, 'model'),
    inputs,
    ...readWishes(body, untranslated),
    untranslated: [...untranslated].sort(),
  }
  return { request, spelling: { encoding: types.includes('float') ? 'float' : 'base64', raw: { types } } }
}

function readTexts(body: JsonObject): readonly EmbeddingInput[] {
  return (readList(body, 'texts') ?? []).map((text, index) => {
    if (typeof text !== 'string') throw refuseMember(`texts[${index}]`, 'a string')
    return { kind: 'text', text }
  })
}

function readImages(body: JsonObject): readonly EmbeddingInput[] {
  return (readList(body, 'images') ?? []).map((url, index) => readImage(url, `images[${index}]`))
}

function readImage(url: JsonValue | undefined, path: string): EmbeddingInput {
  const source = typeof url === 'string' ? mediaSource(url) : undefined
  if (source?.kind !== 'base64') throw refuseMember(path, 'a data URL')
  return { kind: 'image', mediaType: source.mediaType, data: source.data }
}

function readMixed(body: JsonObject, untranslated: Set<string>): readonly EmbeddingInput[] {
  return (readList(body, 'inputs') ?? []).map((value, index) => {
    const path = `inputs[${index}]`
    const parts = readList(requireObject(value, path), 'content', `${path}.content`) ?? []
    if (parts.length === 0) throw refuseMember(`${path}.content`, 'a list with at least one part')
    const read = parts.map((part, place) => {
      const partPath = `${path}.content[${place}]`
      return readPart(requireObject(part, partPath), partPath)
    })
    const [only] = read
    if (read.length === 1 && only !== undefined) return only
    // One vector of words and pictures together is more than others make.
    if (read.some(part => part.kind === 'image')) untranslated.add('inputs.content.image_url')
    return { kind: 'text', text: read.map(part => (part.kind === 'text' ? part.text : '')).join('\n') }
  })
}

function readPart(part: JsonObject, path: string): EmbeddingInput {
  if (part.type === 'text') return { kind: 'text', text: readRequiredText(part, 'text', `${path}.text`) }
  if (part.type !== 'image_url') throw refuseMember(`${path}.type`, '"text" or "image_url"')
  const image = readObject(part, 'image_url', `${path}.image_url`)
  return readImage(image?.url, `${path}.image_url.url`)
}

/** Forms that are made of floats by rounding are the vendor's own: others' vectors come in the two that lose nothing. */
function readTypes(body: JsonObject, untranslated: Set<string>): readonly string[] {
  const asked = readList(body, 'embedding_types') ?? []
  const types = asked.map((type, index) => {
    if (typeof type !== 'string') throw refuseMember(`embedding_types[${index}]`, 'a string')
    return type
  })
  const carried: readonly string[] = types.filter(type => type === 'float' || type === 'base64')
  for (const type of types) if (!carried.includes(type)) untranslated.add(`embedding_types.${type}`)
  return carried.length === 0 ? ['float'] : carried
}

function readWishes(
  body: JsonObject,
  untranslated: Set<string>,
): Pick<EmbeddingRequest, 'dimensions' | 'purpose'> {
  const dimensions = readInteger(body, 'output_dimension')
  const inputType = readText(body, 'input_type')
  const purpose = inputType === undefined ? undefined : readInputType(inputType)
  if (isGiven(inputType) && inputType !== 'image' && purpose === undefined) untranslated.add('input_type')
  return {
    ...(dimensions !== undefined && { dimensions }),
    ...(purpose !== undefined && { purpose }),
  }
}
