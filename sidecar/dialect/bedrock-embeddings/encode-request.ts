import type { JsonObject, JsonValue } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import type {
  EmbeddingInput,
  EmbeddingParameter,
  EmbeddingRequest,
  EncodedEmbeddingRequest,
} from '../embeddings.ts'
import { choosesDimensions, embeddingFamilyOfModel } from './embedding-body.ts'

type Lost = Set<EmbeddingParameter | string>

const noTokens = impossible('the model reads text, not the tokens of another vendor')

/** Never throws. What a body of the target's family cannot say is lost; several inputs for a model of one are impossible. */
export function encodeRequest(request: EmbeddingRequest, change: RequestChange): EncodedEmbeddingRequest {
  if (request.inputs.some(input => input.kind === 'tokens')) return noTokens
  const lost: Lost = new Set()
  if (request.endUser !== undefined) lost.add('endUser')
  if (request.dimensions !== undefined && !choosesDimensions(change.model)) lost.add('dimensions')
  switch (embeddingFamilyOfModel(change.model)) {
    case 'titan':
      return encodeTitan(request, change.model, lost)
    case 'cohere':
      return encodeCohere(request, change.model, lost)
    case undefined:
      return impossible('how this model is asked for embeddings is not known')
  }
}

function impossible(detail: string): EncodedEmbeddingRequest {
  return { kind: 'impossible', detail }
}

function encoded(body: JsonObject, lost: Lost): EncodedEmbeddingRequest {
  return { kind: 'encoded', body, lost: [...lost], headers: {} }
}

function encodeTitan(request: EmbeddingRequest, model: string, lost: Lost): EncodedEmbeddingRequest {
  const [input, ...others] = request.inputs
  if (input === undefined || others.length > 0) return impossible('the model takes one input at a time')
  if (request.purpose !== undefined) lost.add('purpose')
  const isImageModel = model.toLowerCase().includes('titan-embed-image')
  if (input.kind === 'image' && !isImageModel) return impossible('the model reads no images')
  const subject = input.kind === 'image' ? { inputImage: input.data } : { inputText: textOf(input) }
  return encoded({ ...subject, ...titanLength(request.dimensions, model, isImageModel) }, lost)
}

function titanLength(dimensions: number | undefined, model: string, isImageModel: boolean): JsonObject {
  if (dimensions === undefined || !choosesDimensions(model)) return {}
  return isImageModel ? { embeddingConfig: { outputEmbeddingLength: dimensions } } : { dimensions }
}

const inputTypes: Readonly<Record<NonNullable<EmbeddingRequest['purpose']>, string | undefined>> = {
  document: 'search_document',
  query: 'search_query',
  classification: 'classification',
  clustering: 'clustering',
  similarity: undefined,
}

function encodeCohere(request: EmbeddingRequest, model: string, lost: Lost): EncodedEmbeddingRequest {
  const images = request.inputs.flatMap(input => (input.kind === 'image' ? [dataUrl(input)] : []))
  if (images.length > 0 && (images.length < request.inputs.length || images.length > 1)) {
    return impossible('the model takes texts or one image')
  }
  const inputType = request.purpose && inputTypes[request.purpose]
  if (request.purpose !== undefined && inputType === undefined) lost.add('purpose')
  const subject: JsonObject = images.length > 0 ? { images } : { texts: request.inputs.map(textOf) }
  return encoded(
    {
      ...subject,
      // The wire demands one; what is stored and searched later is the usual case.
      input_type: images.length > 0 ? 'image' : (inputType ?? 'search_document'),
      ...cohereLength(request.dimensions, model),
    },
    lost,
  )
}

function cohereLength(dimensions: number | undefined, model: string): Record<string, JsonValue> {
  return dimensions === undefined || !choosesDimensions(model) ? {} : { output_dimension: dimensions }
}

function textOf(input: EmbeddingInput): string {
  return input.kind === 'text' ? input.text : ''
}

function dataUrl({ mediaType, data }: Extract<EmbeddingInput, { kind: 'image' }>): string {
  return `data:${mediaType};base64,${data}`
}
