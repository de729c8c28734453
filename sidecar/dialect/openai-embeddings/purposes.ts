// What vectors are for. OpenAI does not tell that apart; some that speak its format do, in words of retrieval.
import type { EmbeddingRequest } from '../embeddings.ts'

const purposes: Readonly<Record<string, EmbeddingRequest['purpose']>> = {
  document: 'document',
  passage: 'document',
  search_document: 'document',
  query: 'query',
  search_query: 'query',
  classification: 'classification',
  clustering: 'clustering',
}

export function readPurpose(inputType: string): EmbeddingRequest['purpose'] {
  return Object.hasOwn(purposes, inputType) ? purposes[inputType] : undefined
}
