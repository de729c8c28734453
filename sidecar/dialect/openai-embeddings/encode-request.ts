import type { JsonValue } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import type { EmbeddingInput, EmbeddingRequest, EncodedEmbeddingRequest } from '../embeddings.ts'

/** Numbers are asked for as numbers: every server has them, and not all mean the same by base64. */
export function encodeRequest(request: EmbeddingRequest, change: RequestChange): EncodedEmbeddingRequest {
  const { inputs, dimensions, purpose, endUser } = request
  if (inputs.some(input => input.kind === 'image')) {
    return { kind: 'impossible', detail: 'this format embeds no pictures' }
  }
  if (inputs.some(input => input.kind === 'tokens') && inputs.some(input => input.kind === 'text')) {
    return { kind: 'impossible', detail: 'this format takes texts or token lists, not both at once' }
  }
  return {
    kind: 'encoded',
    body: {
      model: change.model,
      input: encodeInputs(inputs),
      encoding_format: 'float',
      ...(dimensions !== undefined && { dimensions }),
      ...(endUser !== undefined && { user: endUser }),
    },
    lost: purpose === undefined ? [] : ['purpose'],
    headers: {},
  }
}

function encodeInputs(inputs: readonly EmbeddingInput[]): JsonValue {
  const values = inputs.map(input => {
    if (input.kind === 'text') return input.text
    return input.kind === 'tokens' ? input.tokens : []
  })
  const [only = ''] = values
  return values.length === 1 ? only : values
}
