import type { JsonObject } from '../completion.ts'
import type { RequestChange } from '../dialect.ts'
import type { EmbeddingInput, EmbeddingRequest, EncodedEmbeddingRequest } from '../embeddings.ts'
import { writeTaskType } from './task-types.ts'

const foreignTokens: EncodedEmbeddingRequest = {
  kind: 'impossible',
  detail: "token lists are of another vendor's tokenizer",
}

/** One input goes alone: not every server of the vendor takes batches. */
export function encodeRequest(request: EmbeddingRequest, change: RequestChange): EncodedEmbeddingRequest {
  const contents = request.inputs.map(encodeInput).filter(content => content !== undefined)
  if (contents.length < request.inputs.length) return foreignTokens
  const shared = {
    ...(request.purpose !== undefined && { taskType: writeTaskType(request.purpose) }),
    ...(request.dimensions !== undefined && { outputDimensionality: request.dimensions }),
  }
  const requests = contents.map(content => ({ model: resourceOf(change.model), content, ...shared }))
  const [only] = requests
  const lost = request.endUser === undefined ? [] : ['endUser']
  if (requests.length === 1 && only !== undefined) {
    return { kind: 'encoded', body: only, lost, headers: {} }
  }
  return { kind: 'encoded', body: { requests }, lost, headers: {}, variant: 'batch' }
}

/** The body repeats the model of the path, with its collection. */
export function resourceOf(model: string): string {
  return model.includes('/') ? model : `models/${model}`
}

function encodeInput(input: EmbeddingInput): JsonObject | undefined {
  switch (input.kind) {
    case 'text':
      return { parts: [{ text: input.text }] }
    case 'image':
      return { parts: [{ inlineData: { mimeType: input.mediaType, data: input.data } }] }
    case 'tokens':
      return undefined
  }
}
