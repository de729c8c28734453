// What vectors are for: Google's words, both ways.
import type { EmbeddingRequest } from '../embeddings.ts'

type Purpose = NonNullable<EmbeddingRequest['purpose']>

const taskTypes: Readonly<Record<Purpose, string>> = {
  document: 'RETRIEVAL_DOCUMENT',
  query: 'RETRIEVAL_QUERY',
  classification: 'CLASSIFICATION',
  clustering: 'CLUSTERING',
  similarity: 'SEMANTIC_SIMILARITY',
}

const purposes: Readonly<Record<string, Purpose>> = {
  RETRIEVAL_DOCUMENT: 'document',
  RETRIEVAL_QUERY: 'query',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
  SEMANTIC_SIMILARITY: 'similarity',
}

export function writeTaskType(purpose: Purpose): string {
  return taskTypes[purpose]
}

/** Undefined for a word that only Google has. */
export function readTaskType(taskType: string): Purpose | undefined {
  const word = taskType.toUpperCase()
  return Object.hasOwn(purposes, word) ? purposes[word] : undefined
}
