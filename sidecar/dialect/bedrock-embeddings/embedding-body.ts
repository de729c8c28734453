// Bodies of the embedding models behind `invoke`: each vendor's own.
import type { JsonObject } from '../completion.ts'
import { isGiven } from '../json-value.ts'

export type EmbeddingFamily = 'titan' | 'cohere'

/** Undefined for a body that asks for no embeddings. */
export function embeddingFamilyOf(body: JsonObject): EmbeddingFamily | undefined {
  // The configuration of what a model is to write.
  if (isGiven(body['textGenerationConfig'])) return undefined
  if (isGiven(body['inputText']) || isGiven(body['inputImage'])) return 'titan'
  return isGiven(body['input_type']) || isGiven(body['texts']) ? 'cohere' : undefined
}

/** `inputText` is also what Titan's text models read as their prompt: only the model tells. */
export function asksForEmbeddings(body: JsonObject, model: string | undefined): boolean {
  const writesText = model !== undefined && /amazon\.titan-(?:text|tg1)/.test(model.toLowerCase())
  return !writesText && embeddingFamilyOf(body) !== undefined
}

/** The family of an embedding model, told by its id. */
export function embeddingFamilyOfModel(model: string): EmbeddingFamily | undefined {
  const id = model.toLowerCase()
  if (id.includes('amazon.titan-embed')) return 'titan'
  return id.includes('cohere.embed') ? 'cohere' : undefined
}

/** Titan v2 and Cohere v4 let the caller choose how long a vector is. */
export function choosesDimensions(model: string): boolean {
  return /titan-embed-text-v[2-9]|titan-embed-image|cohere\.embed-v[4-9]/.test(model.toLowerCase())
}
