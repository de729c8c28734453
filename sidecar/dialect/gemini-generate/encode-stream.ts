// Stream parts → generateContent chunks, as server-sent events or as the elements of one array. Every chunk is a whole
// response with a piece of the answer; calls come complete, in one part each.
import type { Citation, JsonObject, StreamPart, TokenLogprob, ToolCallPart, Usage } from '../completion.ts'
import type { CallerError, EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { parseLeniently } from '../json-value.ts'
import { encodeError } from './encode-error.ts'
import { encodeCalls, encodeCandidate, encodeThought } from './encode-reply.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeUsage } from './usage.ts'

interface GrowingCall extends Omit<ToolCallPart, 'argumentsText'> {
  argumentsText: string
}

interface ChoiceState {
  /** Calls that are not written yet, by block. */
  readonly calls: Map<number, GrowingCall>
  hasCalls: boolean
  text: string
  finish: Extract<StreamPart, { kind: 'finish' }> | undefined
  readonly citations: Citation[]
  readonly logprobs: TokenLogprob[]
}

export class GeminiStreamEncoder implements StreamEncoder {
  readonly #isArray: boolean
  readonly #options: EncodeStreamOptions
  readonly #choices = new Map<number, ChoiceState>()
  #usage: Partial<Usage> = {}
  #hasUsage = false
  #hasWritten: boolean
  /** What every chunk ends with. */
  #tail: string

  constructor(options: EncodeStreamOptions) {
    this.#isArray = options.framing !== 'sse'
    this.#options = options
    this.#hasWritten = options.hasBegun === true
    this.#tail = this.#tailFor(options.model)
  }

  encode(part: StreamPart): string {
    switch (part.kind) {
      case 'text':
      case 'refusal':
        return this.#text(part.choice, part.text)
      case 'reasoning':
        return this.#reasoning(part)
      case 'toolCallStart':
        return this.#callStart(part)
      case 'toolCallArguments':
        return this.#callArguments(part)
      case 'usage':
        this.#hasUsage = true
        this.#usage = { ...this.#usage, ...part.usage }
        return ''
      case 'start':
        if (part.model && !this.#hasWritten) this.#tail = this.#tailFor(part.model)
        return ''
      case 'citation':
        this.#stateOf(part.choice).citations.push(part.citation)
        return ''
      case 'logprobs':
        this.#stateOf(part.choice).logprobs.push(...part.logprobs)
        return ''
      case 'finish':
        // The end waits: usage may still come, and the wire tells both in one chunk.
        this.#stateOf(part.choice).finish ??= part
        return ''
      case 'end':
        return this.#end()
      case 'other':
      case 'error':
        return ''
    }
  }

  /** Bare, with nothing behind it: that is how Google writes it and the only form that every client of its raises. */
  encodeError(error: CallerError): string {
    const text = JSON.stringify(encodeError(error))
    if (this.#isArray) return `${this.#hasWritten ? ',\r\n' : '['}${text}]`
    // Said twice: some clients read errors from events alone, others pass over them there and trip over the bare one.
    return `data: ${text}\r\n\r\n${text}`
  }

  #tailFor(model: string): string {
    return `"modelVersion":${JSON.stringify(model)},"responseId":${JSON.stringify(this.#options.id)}}`
  }

  #stateOf(choice: number): ChoiceState {
    const known = this.#choices.get(choice)
    if (known !== undefined) return known
    const state: ChoiceState = {
      calls: new Map(),
      hasCalls: false,
      text: '',
      finish: undefined,
      citations: [],
      logprobs: [],
    }
    this.#choices.set(choice, state)
    return state
  }

  #text(choice: number, text: string): string {
    if (text === '') return ''
    const state = this.#stateOf(choice)
    state.text += text
    return this.#completeCalls(choice, state) + this.#parts(choice, `{"text":${JSON.stringify(text)}}`)
  }

  #reasoning({ choice, text, signature }: Extract<StreamPart, { kind: 'reasoning' }>): string {
    const before = this.#completeCalls(choice, this.#stateOf(choice))
    const thought = encodeThought(text, signature)
    return thought === undefined ? before : before + this.#parts(choice, JSON.stringify(thought))
  }

  #callStart(part: Extract<StreamPart, { kind: 'toolCallStart' }>): string {
    const { choice, block, id, name, signature } = part
    const state = this.#stateOf(choice)
    const signed = signature === undefined ? {} : { signature }
    state.calls.set(block, { kind: 'toolCall', id, name, argumentsText: '', ...signed })
    return ''
  }

  #callArguments({ choice, block, text }: Extract<StreamPart, { kind: 'toolCallArguments' }>): string {
    const call = this.#choices.get(choice)?.calls.get(block)
    if (call !== undefined) call.argumentsText += text
    return ''
  }

  /** Writes the calls before words that follow them, once nothing can be missing from their arguments. */
  #completeCalls(choice: number, state: ChoiceState): string {
    if (state.calls.size === 0) return ''
    const calls = [...state.calls.values()]
    if (calls.some(call => parseLeniently(call.argumentsText) === undefined)) return ''
    return this.#parts(
      choice,
      this.#takeCalls(state)
        .map(part => JSON.stringify(part))
        .join(','),
    )
  }

  #takeCalls(state: ChoiceState): readonly JsonObject[] {
    const calls = [...state.calls.values()]
    state.calls.clear()
    const encoded = encodeCalls(calls)
    // The stand-in for a signature belongs to the first call of an answer alone.
    const parts = state.hasCalls ? encoded.map(({ functionCall = {} }) => ({ functionCall })) : encoded
    if (calls.length > 0) state.hasCalls = true
    return parts
  }

  #parts(choice: number, parts: string): string {
    return this.#chunk(
      `{"candidates":[{"content":{"parts":[${parts}],"role":"model"},"index":${choice}}],${this.#tail}`,
    )
  }

  #chunk(json: string): string {
    const isFirst = !this.#hasWritten
    this.#hasWritten = true
    if (!this.#isArray) return `data: ${json}\r\n\r\n`
    return isFirst ? `[${json}` : `,\r\n${json}`
  }

  #end(): string {
    if (this.#choices.size === 0) this.#stateOf(0)
    const candidates = [...this.#choices].sort(([one], [other]) => one - other).map(this.#candidate, this)
    const usage = this.#hasUsage ? `"usageMetadata":${JSON.stringify(writeUsage(this.#usage))},` : ''
    const chunk = this.#chunk(`{"candidates":${JSON.stringify(candidates)},${usage}${this.#tail}`)
    return this.#isArray ? `${chunk}]` : chunk
  }

  #candidate([index, state]: [number, ChoiceState]): JsonObject {
    const calls = this.#takeCalls(state)
    const { finish, citations, text, logprobs } = state
    return encodeCandidate({
      index,
      // Clients keep an answer in their history only when each of its chunks has parts.
      parts: calls.length > 0 ? calls : [{ text: '' }],
      finishReason: writeFinish(finish?.finish ?? null, finish?.vendorFinish ?? null),
      citations,
      text,
      logprobs,
    })
  }
}
