// What vectors are for: Cohere's words, both ways.
import type { EmbeddingRequest } from '../embeddings.ts'

type Purpose = NonNullable<EmbeddingRequest['purpose']>

const purposes: Readonly<Record<string, Purpose>> = {
  search_document: 'document',
  search_query: 'query',
  classification: 'classification',
  clustering: 'clustering',
}

/** The wire demands a word. Similarity has none of its own; clustering compares all with all, as similarity does. */
const inputTypes: Readonly<Record<Purpose, string>> = {
  document: 'search_document',
  query: 'search_query',
  classification: 'classification',
  clustering: 'clustering',
  similarity: 'clustering',
}

/** Undefined for `image`, which says what goes in rather than what for. */
export function readInputType(inputType: string): Purpose | undefined {
  return Object.hasOwn(purposes, inputType) ? purposes[inputType] : undefined
}

export function writeInputType(purpose: Purpose | undefined): string {
  return inputTypes[purpose ?? 'document']
}
