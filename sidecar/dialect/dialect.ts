// What every wire format provides. One folder each, the same file names in each; the registry lists them.
import type { DialectName } from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import type {
  CompletionReply,
  CompletionRequest,
  JsonObject,
  NeutralParameter,
  RequestFacts,
  StreamPart,
  Usage,
} from './completion.ts'

/** Wire formats that callers may use. A provider dialect serves one or more of them natively. */
export type WireFormat = 'openai-chat' | 'anthropic-messages'

export interface Dialect {
  readonly format: WireFormat
  /** The provider dialect whose servers speak this format natively. */
  readonly provider: DialectName
  /** Comments in an event stream are harmless to this dialect's clients. */
  readonly acceptsComments: boolean
  /** The caller's word for each neutral parameter, used in `drops`. */
  readonly parameterNames: Readonly<Partial<Record<NeutralParameter, string>>>

  // As the caller's side.
  /** @throws RequestRejected naming the JSON path when the body cannot be a request of this dialect. */
  decodeRequest(body: JsonObject): CompletionRequest
  encodeReply(reply: CompletionReply): JsonObject
  /** A fresh encoder for one stream. */
  encodeStream(options: EncodeStreamOptions): StreamEncoder
  encodeError(error: CallerError): JsonObject
  /** Reads tolerantly: a malformed body has few facts and is refused elsewhere. */
  readFacts(body: JsonObject): RequestFacts
  /** The caller wants its answer streamed. */
  wantsStream(body: JsonObject): boolean
  /** Chat: the caller asked for the usage chunk of a stream; true where usage always comes. */
  wantsUsage(body: JsonObject): boolean

  // As the provider's side.
  /** What the policy changes in a request of this same dialect, as edits of its top-level members; every other byte stays. */
  editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[]
  encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest
  /** @throws SyntaxError or TypeError never: an answer that is not one decodes to a failure. */
  decodeReply(body: JsonObject): DecodedReply
  decodeStream(): StreamDecoder
  /**
   * Present where clients pass over events without an `event:` line: the name that belongs on an event whose server left
   * it out, undefined when its data tells none.
   */
  nameEvent?(data: string): string | undefined
}

/** What a step asks for beyond the caller's request. */
export interface RequestChange {
  readonly model: string
  /** Cap on the answer: lowers what the caller asked, or sets it when the caller asked nothing. */
  readonly maxOutputTokens?: number
  /** The target's own limit, used where the dialect demands a number and nobody gave one. */
  readonly modelMaxOutputTokens?: number
  /** The walk wants usage from a stream (Chat: `include_usage`). */
  readonly wantUsage: boolean
}

/** Replaces, adds or (`value: undefined`) removes one top-level member of a JSON body. */
export interface MemberEdit {
  readonly name: string
  readonly value: unknown
}

export interface EncodedRequest {
  readonly body: JsonObject
  /** Neutral parameters and dotted caller names that this dialect cannot carry. */
  readonly lost: readonly (NeutralParameter | string)[]
  /** Format-specific request headers, e.g. `anthropic-version`. */
  readonly headers: Readonly<Record<string, string>>
}

export type DecodedReply =
  | { readonly kind: 'reply'; readonly reply: CompletionReply }
  /** An error inside a 200, or no answer at all. */
  | { readonly kind: 'failed'; readonly failure: Failure; readonly usage?: Usage }

/** One server-sent event as parsed: `event` absent when the line was. */
export interface SseEvent {
  readonly event?: string
  readonly data: string
}

/** A reducer with its state inside: event in, parts out, in order. */
export interface StreamDecoder {
  /**
   * Parts of one event, [] for one that says nothing (pings, empty deltas). `undefined`: the event is malformed and is to be skipped
   * and counted.
   */
  decode(event: SseEvent): readonly StreamPart[] | undefined
}

export interface EncodeStreamOptions {
  readonly id: string
  readonly model: string
  readonly created: number
  /** Chat: the caller asked for the usage chunk. */
  readonly includeUsage: boolean
}

export interface StreamEncoder {
  /** Bytes for the wire as text; '' when the part has no form of its own yet. */
  encode(part: StreamPart): string
  /** The dialect's error event; after it nothing more is written. */
  encodeError(error: CallerError): string
}

/** An error as a caller is to see it; each dialect has its own shape for it. */
export interface CallerError {
  readonly status: number
  /** Failure kind in snake case, or a rejection code such as `no_route`. */
  readonly code: string
  readonly message: string
  readonly requestId: string
  /** ContextOverflow takes the dialect's own context-length form, so that clients can shorten and retry. */
  readonly form?: 'contextOverflow'
  /** Where in the request, for the dialects that can say so. */
  readonly parameter?: string
}
