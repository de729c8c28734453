// A complete answer of any status → vectors or a failure.
import type { UpstreamAnswer, WholeVerdict } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'
import type { EmbeddingDialect } from './embeddings.ts'
import { isJsonObject, parseLeniently } from './json-value.ts'
import { type AnswerOrigin, failureOfStatus, notJson } from './read-whole-answer.ts'

const noVectors: Failure = { kind: 'InvalidResponse', detail: 'the answer has no vectors', status: 200 }

export interface EmbeddingReaderInput extends AnswerOrigin {
  readonly native: EmbeddingDialect
}

export function readEmbeddingAnswer(answer: UpstreamAnswer, input: EmbeddingReaderInput): WholeVerdict {
  const failure = failureOfStatus(answer, input)
  if (failure !== undefined) return { kind: 'failed', failure }
  const body = parseLeniently(answer.body.toString('utf8'))
  if (!isJsonObject(body)) return { kind: 'failed', failure: notJson }
  const decoded = input.native.decodeReply(body)
  if (decoded.kind === 'failed') return decoded
  const { reply } = decoded
  if (reply.vectors.length === 0 || reply.vectors.some(vector => vector.length === 0)) {
    return { kind: 'failed', failure: noVectors }
  }
  return { kind: 'reply', completion: undefined, embedding: reply }
}
