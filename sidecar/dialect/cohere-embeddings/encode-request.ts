import type { JsonObject, JsonValue } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import type { EmbeddingInput, EmbeddingRequest, EncodedEmbeddingRequest } from '../embeddings.ts'
import { writeInputType } from './input-types.ts'

/** More inputs in one request are refused. */
const mostInputs = 96

export function encodeRequest(request: EmbeddingRequest, change: RequestChange): EncodedEmbeddingRequest {
  const { inputs, dimensions, purpose, endUser } = request
  if (inputs.some(input => input.kind === 'tokens')) {
    return { kind: 'impossible', detail: "token lists are of another vendor's tokenizer" }
  }
  if (inputs.length > mostInputs) {
    return { kind: 'impossible', detail: `the vendor takes at most ${mostInputs} inputs at once` }
  }
  const lost: string[] = []
  if (purpose === 'similarity') lost.push('purpose')
  if (endUser !== undefined) lost.push('endUser')
  return {
    kind: 'encoded',
    body: {
      model: change.model,
      ...encodeInputs(request),
      embedding_types: ['float'],
      ...(dimensions !== undefined && { output_dimension: dimensions }),
    },
    lost,
    headers: {},
  }
}

/** Texts alone and pictures alone are read by every model, both together by the newer ones. */
function encodeInputs({ inputs, purpose }: EmbeddingRequest): JsonObject {
  const texts = inputs.flatMap(input => (input.kind === 'text' ? [input.text] : []))
  if (texts.length === inputs.length) return { texts, input_type: writeInputType(purpose) }
  if (texts.length > 0) {
    const mixed = inputs.map(input => ({ content: [encodePart(input)] }))
    return { inputs: mixed, input_type: writeInputType(purpose) }
  }
  return { images: inputs.map(urlOf), input_type: 'image' }
}

function encodePart(input: EmbeddingInput): JsonObject {
  if (input.kind === 'text') return { type: 'text', text: input.text }
  return { type: 'image_url', image_url: { url: urlOf(input) } }
}

function urlOf(input: EmbeddingInput): JsonValue {
  return input.kind === 'image' ? `data:${input.mediaType};base64,${input.data}` : ''
}
