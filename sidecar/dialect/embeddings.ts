// The neutral embedding: one request shape and one reply shape, whatever the vendor calls them.
import type { Failure } from '../failure/failure.ts'
import type { JsonObject } from './completion.ts'
import type { CallerFormat, EmbeddingFormat, RequestChange, RequestHead } from './dialect.ts'

export interface EmbeddingRequest {
  readonly model: string
  /** One vector each, in this order. Token lists are of OpenAI's own tokenizer and no other vendor reads them. */
  readonly inputs: readonly EmbeddingInput[]
  readonly dimensions?: number
  /** What the vectors are for, where the vendor tells that apart. */
  readonly purpose?: 'document' | 'query' | 'classification' | 'clustering' | 'similarity'
  readonly endUser?: string
  /** Dotted names, as the caller wrote them, that the neutral form has no word for. */
  readonly untranslated: readonly string[]
}

export type EmbeddingInput =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'tokens'; readonly tokens: readonly number[] }
  | { readonly kind: 'image'; readonly mediaType: string; readonly data: string }

export interface EmbeddingReply {
  readonly id?: string
  readonly model: string
  readonly vectors: readonly (readonly number[])[]
  /** Tokens read, where the vendor counts them. */
  readonly inputTokens?: number
}

/** How the caller wants its numbers spelled; only its own dialect knows. */
export interface EmbeddingSpelling {
  readonly encoding: 'float' | 'base64'
  /** Parameters of the caller's dialect that only shape the answer. */
  readonly raw: JsonObject
}

export interface DecodedEmbeddingRequest {
  readonly request: EmbeddingRequest
  readonly spelling: EmbeddingSpelling
}

/** A wire format of embeddings: whole answers only. Its surfaces have the endpoint `embeddings`. */
export interface EmbeddingDialect extends CallerFormat {
  readonly format: EmbeddingFormat
  /** The caller's word for each neutral parameter, used in `drops`. */
  readonly parameterNames: Readonly<Partial<Record<EmbeddingParameter, string>>>

  // As the caller's side.
  /** @throws RequestRejected naming the JSON path when the body cannot be a request of this format. */
  decodeRequest(body: JsonObject, head: RequestHead): DecodedEmbeddingRequest
  encodeReply(reply: EmbeddingReply, spelling: EmbeddingSpelling): JsonObject

  // As the provider's side.
  encodeRequest(request: EmbeddingRequest, change: RequestChange): EncodedEmbeddingRequest
  /** Never throws: an answer that is not one decodes to a failure. */
  decodeReply(body: JsonObject): DecodedEmbeddingReply
}

/** A neutral parameter as it is named in `lost`. */
export type EmbeddingParameter = Exclude<keyof EmbeddingRequest, 'model' | 'untranslated'>

export type EncodedEmbeddingRequest =
  | {
      readonly kind: 'encoded'
      readonly body: JsonObject
      readonly lost: readonly (EmbeddingParameter | string)[]
      readonly headers: Readonly<Record<string, string>>
      /** Which of the vendor's operations takes it, where the body decides (Gemini: one input or a batch). */
      readonly variant?: string
    }
  /** The format cannot ask for this: several inputs where one is taken, token lists of another vendor's tokenizer. */
  | { readonly kind: 'impossible'; readonly detail: string }

export type DecodedEmbeddingReply =
  | { readonly kind: 'reply'; readonly reply: EmbeddingReply }
  | { readonly kind: 'failed'; readonly failure: Failure }
