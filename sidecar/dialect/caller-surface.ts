// Where callers ask and what their vendors' clients look for around a body: the part of a format that is not its wire shape.
import type { JsonObject } from './completion.ts'

/** Wire formats of completions that callers may use. A provider may speak several of them. */
export type WireFormat =
  | 'openai-chat'
  | 'openai-responses'
  | 'anthropic-messages'
  | 'gemini-generate'
  | 'bedrock-converse'
  | 'bedrock-invoke'
  | 'cohere-chat'

/** Wire formats of embeddings. */
export type EmbeddingFormat =
  | 'openai-embeddings'
  | 'gemini-embeddings'
  | 'bedrock-embeddings'
  | 'cohere-embeddings'

export type FormatName = WireFormat | EmbeddingFormat

export type Endpoint = 'completion' | 'countTokens' | 'embeddings'

/** How the pieces of a stream stand on the wire. */
export type StreamFraming =
  /** `event:` and `data:` lines. */
  | 'sse'
  /** One JSON array whose elements come one by one. */
  | 'jsonArray'
  /** AWS' binary frames with headers and checksums. */
  | 'awsEventStream'

/** A path on which callers ask for this format, with POST. */
export interface Surface {
  /**
   * `{model}` stands for one segment or the part of one before a colon, and is percent-decoded. Any other name in braces
   * stands for a segment that says nothing here (`/projects/{project}/…`).
   */
  readonly path: string
  readonly endpoint: Endpoint
  /** The path itself says whether the answer streams; absent: the body does. */
  readonly stream?: boolean
  /** Whose path it is, where several vendors' clients send the same format (Azure's deployments). */
  readonly flavour?: string
}

/** What a request says outside its body. */
export interface RequestHead {
  /** From the path; absent where the body names the model. */
  readonly model?: string
  /** From the path; absent where the body tells whether the answer streams. */
  readonly stream?: boolean
  readonly surface: Surface
  /** Query parameters, each its first value. */
  query(name: string): string | undefined
  /** By lower-case name. */
  header(name: string): string | undefined
}

/** What vendors' clients look for around the body. */
export interface CallerHabits {
  /** Response header under which they look for a request id. */
  readonly requestIdHeader: string
  /** Ids of answers begin like this; '' where they have none. */
  readonly answerIdPrefix: string
  /** Beside the content type of a stream. */
  readonly streamHeaders?: Readonly<Record<string, string>>
  /** What ends a stream whose provider ended it without; '' where the end of the body does. */
  readonly terminalMarker: string
  /** User agents of clients that no event of a stream makes raise: behind an error their connection breaks, which they notice. */
  readonly missesErrorEvents?: RegExp
  /** Request headers that a provider of the same format is to see. */
  readonly forwardedHeaders: readonly string[]
  /** Members that do not change the answer: left out of its digest. */
  readonly bookkeeping: ReadonlySet<string>
}

/** What tells a vendor's client where the path does not: for errors on unknown paths, and shared model lists. */
export interface ClientMarks {
  /** Request headers that only these clients send, in lower case. */
  readonly headers: readonly string[]
  readonly path?: RegExp
}

export interface UnservedPath {
  readonly path: RegExp
  /** What stands there, as the subject of `…: not supported yet`. */
  readonly name: string
}

/** A model that a caller may ask for. */
export interface DescribedModel {
  readonly id: string
  readonly ownedBy: string
}

/** The vendor's list of models. Its format decides by `marks` where two vendors share a path. */
export interface ModelList {
  /** GET; one model lies below each of them. */
  readonly paths: readonly string[]
  describeAll(models: readonly DescribedModel[]): JsonObject
  describe(model: DescribedModel): JsonObject
}
