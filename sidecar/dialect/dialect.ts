// What every wire format provides. One folder each, the same file names in each; the registry lists them.
import type { DialectName } from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import type {
  CallerHabits,
  ClientMarks,
  FormatName,
  ModelList,
  RequestHead,
  StreamFraming,
  Surface,
  UnservedPath,
  WireFormat,
} from './caller-surface.ts'
import type {
  CompletionReply,
  CompletionRequest,
  JsonObject,
  NeutralParameter,
  RequestFacts,
  StreamPart,
  Usage,
} from './completion.ts'

export type {
  CallerHabits,
  ClientMarks,
  DescribedModel,
  EmbeddingFormat,
  Endpoint,
  FormatName,
  ModelList,
  RequestHead,
  StreamFraming,
  Surface,
  UnservedPath,
  WireFormat,
} from './caller-surface.ts'

/** The caller's side of every format, whatever is asked for in it. */
export interface CallerFormat {
  readonly format: FormatName
  readonly surfaces: readonly Surface[]
  readonly habits: CallerHabits
  readonly marks?: ClientMarks
  /** Paths of the vendor's that are known and not served: refused by name, in words that its clients can read. */
  readonly unserved?: readonly UnservedPath[]
  /** Whose errors this format carries, and by whose table an error inside an answer is judged. */
  readonly provider: DialectName
  /** Tells a request of this format from one of another format on the same path; absent: every request is one. */
  claims?(body: JsonObject, head: RequestHead): boolean
  /** A body of this format is one that this model reads; absent: the format is the same for every model. */
  fits?(body: JsonObject, model: string): boolean
  /** The model asked for; undefined when the request names none. */
  readModel(body: JsonObject, head: RequestHead): string | undefined
  /** Reads tolerantly: a malformed body has few facts and is refused elsewhere. */
  readFacts(body: JsonObject): RequestFacts
  encodeError(error: CallerError): JsonObject
  /** Response headers that clients need beside the body to recognise an error. */
  errorHeaders?(error: CallerError): Readonly<Record<string, string>>
  /** What the policy changes in a request of this same format, as edits of its top-level members; every other byte stays. */
  editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[]
  /** Members, in the caller's own words, that these edits take out because the server would not read them. Absent: none ever. */
  editDrops?(body: JsonObject, change: RequestChange): readonly string[]
  /**
   * This body's edits rewrite content: `editRequest` and `editDrops` are then handed the whole body, not the head without
   * its long strings. Absent: they never do.
   */
  editsContent?(head: JsonObject, change: RequestChange): boolean
  /** Headers that a provider of this format demands; what the caller sent under the same names wins. */
  demandedHeaders?(body: JsonObject): Readonly<Record<string, string>>
}

export interface Dialect extends CallerFormat {
  readonly format: WireFormat
  /** Comments in an event stream are harmless to this dialect's clients. */
  readonly acceptsComments: boolean
  /** The caller's word for each neutral parameter, used in `drops`. */
  readonly parameterNames: Readonly<Partial<Record<NeutralParameter, string>>>
  /** The caller's word for content whose name in the encoders' reports (`messages.content.image`) is another one. */
  readonly contentNames: Readonly<Record<string, string>>
  readonly models?: ModelList

  // As the caller's side.
  /** @throws RequestRejected naming the JSON path when the body cannot be a request of this dialect. */
  decodeRequest(body: JsonObject, head: RequestHead): CompletionRequest
  encodeReply(reply: CompletionReply): JsonObject
  /** A fresh encoder for one stream. */
  encodeStream(options: EncodeStreamOptions): StreamEncoder
  /** The caller wants its answer streamed. */
  wantsStream(body: JsonObject, head: RequestHead): boolean
  /** How a stream to this caller stands on the wire; its provider is asked for the same where it speaks the format. */
  framing(head: RequestHead): StreamFraming
  /** Chat: the caller asked for the usage chunk of a stream; true where usage always comes. */
  wantsUsage(body: JsonObject): boolean
  /** The caller named stop sequences: a normal stop may then legally leave nothing. */
  hasStopSequences(body: JsonObject): boolean

  // As the provider's side.
  /** What the name of a tool may be here; any other is refused. Absent: names of every kind are taken. */
  readonly toolNames?: RegExp
  encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest
  /** @throws SyntaxError or TypeError never: an answer that is not one decodes to a failure. */
  decodeReply(body: JsonObject): DecodedReply
  decodeStream(): StreamDecoder
  /** Tokens of a token count; undefined for an answer that is none. Absent where the vendor counts none. */
  readCount?(body: JsonObject): number | undefined
  /**
   * Present where clients pass over events without an `event:` line: the name that belongs on an event whose server left
   * it out, undefined when its data tells none.
   */
  nameEvent?(data: string): string | undefined
}

/** What a step asks for beyond the caller's request. */
export interface RequestChange {
  readonly model: string
  /** Base URL of the server that is asked: some that speak one format read less of it than others. */
  readonly endpoint?: string
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
  /** What only the clean end of the body tells; called once, then. Absent where the wire marks the end itself. */
  end?(): readonly StreamPart[]
}

export interface EncodeStreamOptions {
  /** How the stream stands on the wire; absent: the dialect's usual way. */
  readonly framing?: StreamFraming
  /** The beginning is out already, in the provider's own bytes; what this encoder writes comes behind it. */
  readonly hasBegun?: boolean
  readonly id: string
  readonly model: string
  readonly created: number
  /** Chat: the caller asked for the usage chunk. */
  readonly includeUsage: boolean
}

export interface StreamEncoder {
  /** For the wire: text, or bytes where the framing is binary; empty when the part has no form of its own yet. */
  encode(part: StreamPart): string | Uint8Array
  /** The dialect's error event; after it nothing more is written. */
  encodeError(error: CallerError): string | Uint8Array
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
