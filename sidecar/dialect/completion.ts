// The neutral completion: what every dialect is decoded to and encoded from. N adapters around one shape, never pairs.
// Its usage is counted our way: input includes cache reads and writes, output includes reasoning.
import type { Capability } from '../../crds/vocabulary.ts'
import type { Failure } from '../failure/failure.ts'
import type {
  CacheControl,
  Citation,
  Message,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
} from './message.ts'

export type {
  AudioPart,
  CacheControl,
  Citation,
  ContentPart,
  FilePart,
  ImagePart,
  MediaSource,
  Message,
  ReasoningPart,
  RefusalPart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from './message.ts'

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue }
export type JsonObject = { readonly [key: string]: JsonValue }

// ── Request ────────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CompletionRequest {
  readonly model: string
  readonly stream: boolean
  /** System turns stay where the caller put them. */
  readonly messages: readonly Message[]
  readonly tools: readonly Tool[]
  readonly toolChoice?: ToolChoice
  readonly parallelToolCalls?: boolean
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly topK?: number
  readonly stop?: readonly string[]
  readonly seed?: number
  readonly frequencyPenalty?: number
  readonly presencePenalty?: number
  /** Number of choices; absent: one. */
  readonly choices?: number
  readonly logprobs?: { readonly top?: number }
  readonly responseFormat?: ResponseFormat
  readonly reasoning?: ReasoningWish
  /** An opaque id of the end user, for the provider's abuse checks. */
  readonly endUser?: string
  readonly serviceTier?: string
  /** Part of the conversation lies at the vendor (`previous_response_id`): nobody else can answer it truthfully. */
  readonly history?: 'vendor'
  /** The caller's parameters that the neutral form has no word for: dotted names as the caller wrote them. A translation loses all of these. */
  readonly untranslated: readonly string[]
}

/** A neutral parameter as it is named in `drops`, mapped by each dialect to the caller's own word. */
export type NeutralParameter = Exclude<
  keyof CompletionRequest,
  'model' | 'stream' | 'messages' | 'untranslated' | 'history'
>

export interface Tool {
  readonly name: string
  readonly description?: string
  /** JSON schema of the arguments. */
  readonly parameters: JsonObject
  readonly strict?: boolean
  readonly cacheControl?: CacheControl
}

export type ToolChoice =
  | { readonly kind: 'none' | 'auto' | 'required' }
  | { readonly kind: 'tool'; readonly name: string }

export type ResponseFormat =
  | { readonly kind: 'json' }
  | {
      readonly kind: 'jsonSchema'
      readonly name: string
      readonly schema: JsonObject
      readonly strict?: boolean
      readonly description?: string
    }

export interface ReasoningWish {
  readonly effort?: string
  readonly budgetTokens?: number
}

/** What a request needs of a target and how large it is, read off without building the neutral completion. */
export interface RequestFacts {
  readonly needs: readonly Capability[]
  /** Characters of text that become tokens; inline media counted apart. */
  readonly textCharacters: number
  readonly mediaParts: number
  /** The most output tokens that the caller asks for. */
  readonly maxOutputTokens?: number
}

// ── Reply ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A normal stop with tool calls is `tool_calls`; `length` also when the window is full. */
export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'refusal' | 'other'

export interface CompletionReply {
  readonly id: string
  readonly model: string
  /** Seconds since 1970, where the wire says so. */
  readonly created?: number
  readonly choices: readonly Choice[]
  readonly usage?: Usage
}

export interface Choice {
  readonly content: readonly ReplyPart[]
  readonly finish: Finish | null
  /** What the vendor said, verbatim. */
  readonly vendorFinish: string | null
  readonly stopSequence?: string
  readonly logprobs?: readonly TokenLogprob[]
}

/** Natural logarithms, as every vendor gives them. */
export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  readonly bytes?: readonly number[]
  readonly top?: readonly {
    readonly token: string
    readonly logprob: number
    readonly bytes?: readonly number[]
  }[]
}

export type ReplyPart = TextPart | ToolCallPart | ReasoningPart | RefusalPart | OtherPart

/** A part of one vendor that is neither text, reasoning nor a call to the client (server tools and the like). */
export interface OtherPart {
  readonly kind: 'other'
  readonly itemKind: string
}

export interface Usage {
  /** All input tokens, cache reads and writes included. */
  readonly input: number
  /** All output tokens, reasoning included. */
  readonly output: number
  readonly cachedInput?: number
  readonly cacheWrite?: number
  readonly reasoning?: number
}

// ── Stream ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * One step of an answer in the making. `choice` is the index of the choice, `block` the running number of a tool call
 * within its choice (0, 1, …). Text, refusal, reasoning and tool-call pieces are content and commit; the others do not.
 */
export type StreamPart =
  | { readonly kind: 'start'; readonly id?: string; readonly model?: string; readonly created?: number }
  | { readonly kind: 'text'; readonly choice: number; readonly text: string }
  | { readonly kind: 'refusal'; readonly choice: number; readonly text: string }
  | {
      readonly kind: 'reasoning'
      readonly choice: number
      readonly text: string
      readonly signature?: string
      readonly redactedData?: string
    }
  | {
      readonly kind: 'toolCallStart'
      readonly choice: number
      readonly block: number
      readonly id: string
      readonly name: string
      readonly signature?: string
    }
  | {
      readonly kind: 'toolCallArguments'
      readonly choice: number
      readonly block: number
      readonly text: string
    }
  | { readonly kind: 'other'; readonly choice: number; readonly itemKind: string }
  | { readonly kind: 'citation'; readonly choice: number; readonly citation: Citation }
  | { readonly kind: 'logprobs'; readonly choice: number; readonly logprobs: readonly TokenLogprob[] }
  | {
      readonly kind: 'finish'
      readonly choice: number
      readonly finish: Finish
      readonly vendorFinish: string
      readonly stopSequence?: string
    }
  /** Running totals: a later one replaces an earlier one, field by field; nothing is added up. */
  | { readonly kind: 'usage'; readonly usage: Partial<Usage> }
  /** An error that the provider sent in-band. */
  | { readonly kind: 'error'; readonly failure: Failure }
  /** The dialect's terminal marker ([DONE], message_stop). */
  | { readonly kind: 'end' }
