// One turn of a conversation, and what it may hold.

export interface Message {
  readonly role: 'system' | 'user' | 'assistant' | 'tool'
  readonly content: readonly ContentPart[]
  /** The author's name, where the dialect has one. */
  readonly name?: string
}

export type ContentPart =
  | TextPart
  | ImagePart
  | AudioPart
  | FilePart
  | ToolCallPart
  | ToolResultPart
  | ReasoningPart
  | RefusalPart

export interface TextPart {
  readonly kind: 'text'
  readonly text: string
  /** What the text rests on, where the vendor says so. */
  readonly citations?: readonly Citation[]
  readonly cacheControl?: CacheControl
}

/** A source of a passage. Offsets count UTF-16 units of the text part that carries it. */
export interface Citation {
  readonly url?: string
  readonly title?: string
  readonly citedText?: string
  readonly start?: number
  readonly end?: number
}

/** A wish that the provider keeps the prompt up to here. */
export interface CacheControl {
  readonly ttl?: string
}

export interface ImagePart {
  readonly kind: 'image'
  readonly source: MediaSource
  readonly detail?: string
}

export interface AudioPart {
  readonly kind: 'audio'
  readonly format: string
  readonly data: string
}

export interface FilePart {
  readonly kind: 'file'
  readonly source: MediaSource
  readonly name?: string
}

export type MediaSource =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  /** A file id lives in one account at one vendor: no hop can carry it. */
  | { readonly kind: 'vendorFile'; readonly id: string }

export interface ToolCallPart {
  readonly kind: 'toolCall'
  readonly id: string
  readonly name: string
  /** JSON text as the model wrote it; '' from the wire is normalised to '{}'. */
  readonly argumentsText: string
  /** Opaque, vendor-bound state: kept only for a target of the same dialect. */
  readonly signature?: string
  readonly cacheControl?: CacheControl
}

export interface ToolResultPart {
  readonly kind: 'toolResult'
  readonly callId: string
  readonly content: readonly (TextPart | ImagePart | FilePart)[]
  readonly isError?: boolean
  readonly cacheControl?: CacheControl
}

/** Readable reasoning. Signatures are bound to the model that made them, so they stay behind on a hop to another vendor. */
export interface ReasoningPart {
  readonly kind: 'reasoning'
  readonly text: string
  /** Opaque, vendor-bound state: kept only for a target of the same dialect. */
  readonly signature?: string
  readonly redactedData?: string
}

export interface RefusalPart {
  readonly kind: 'refusal'
  readonly text: string
}
