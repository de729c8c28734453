// Stream parts → chat chunks that the vendor's own stream helpers accept: one role and one finish reason for each choice,
// a tool call that never changes its identity, the usage chunk only for those who asked, `[DONE]` at a good end only.
import type { Citation, JsonObject, JsonValue, StreamPart, TokenLogprob, Usage } from '../completion.ts'
import type { CallerError, EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { writeAnnotation } from './annotations.ts'
import { encodeError } from './encode-error.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { nativeReplyId } from './native-id.ts'
import { writeUsage } from './usage.ts'

const doneEvent = 'data: [DONE]\n\n'

interface ChoiceState {
  /** Tool calls by block: whether any piece of their arguments has been written. */
  readonly calls: Map<number, { hasArguments: boolean }>
  /** Characters of text so far: all of it rests on a source that tells no place. */
  textLength: number
  hasRefusal: boolean
  hasFinished: boolean
}

export class ChatStreamEncoder implements StreamEncoder {
  /** Everything up to the choices: the same on every chunk. */
  readonly #head: string
  readonly #tail: string
  readonly #includeUsage: boolean
  readonly #choices = new Map<number, ChoiceState>()
  #usage: Partial<Usage> = {}

  constructor(options: EncodeStreamOptions) {
    const id = JSON.stringify(nativeReplyId(options.id))
    const model = JSON.stringify(options.model)
    this.#head = `data: {"id":${id},"object":"chat.completion.chunk","created":${options.created},"model":${model},"choices":[`
    this.#includeUsage = options.includeUsage
    this.#tail = options.includeUsage ? '],"usage":null}\n\n' : ']}\n\n'
  }

  encode(part: StreamPart): string {
    switch (part.kind) {
      case 'text':
        return this.#piece(part.choice, { content: part.text })
      case 'refusal':
        return this.#refusal(part.choice, part.text)
      case 'reasoning':
        // A signature has no place in a chunk: it means something to its own model only.
        return part.text === '' ? '' : this.#piece(part.choice, { reasoning_content: part.text })
      case 'toolCallStart':
        return this.#callStart(part)
      case 'toolCallArguments':
        return this.#callArguments(part)
      case 'finish':
        return this.#finish(part.choice, part.finish)
      case 'usage':
        this.#usage = { ...this.#usage, ...part.usage }
        return ''
      case 'end':
        return this.#end()
      case 'citation':
        return this.#citation(part.choice, part.citation)
      case 'logprobs':
        return this.#logprobs(part.choice, part.logprobs)
      case 'start':
      case 'other':
      case 'error':
        return ''
    }
  }

  encodeError(error: CallerError): string {
    return `data: ${JSON.stringify(encodeError(error))}\n\n`
  }

  /** The state of a choice, and the role chunk when this is its first. */
  #enter(choice: number): { readonly state: ChoiceState; readonly preamble: string } {
    const known = this.#choices.get(choice)
    if (known !== undefined) return { state: known, preamble: '' }
    const state: ChoiceState = { calls: new Map(), textLength: 0, hasRefusal: false, hasFinished: false }
    this.#choices.set(choice, state)
    return { state, preamble: this.#chunk(choice, { role: 'assistant', content: '', refusal: null }, null) }
  }

  #piece(choice: number, delta: JsonObject): string {
    const { state, preamble } = this.#enter(choice)
    if (typeof delta.content === 'string') state.textLength += delta.content.length
    // Nothing may follow a finish reason.
    return state.hasFinished ? '' : preamble + this.#chunk(choice, delta, null)
  }

  #refusal(choice: number, text: string): string {
    const { state, preamble } = this.#enter(choice)
    state.hasRefusal = true
    return preamble + this.#piece(choice, { refusal: text })
  }

  #citation(choice: number, citation: Citation): string {
    const length = this.#choices.get(choice)?.textLength ?? 0
    const annotation = writeAnnotation(citation, { offset: 0, length })
    return annotation === undefined ? '' : this.#piece(choice, { annotations: [annotation] })
  }

  #logprobs(choice: number, logprobs: readonly TokenLogprob[]): string {
    const { state, preamble } = this.#enter(choice)
    if (state.hasFinished) return ''
    const told = { index: choice, delta: {}, logprobs: writeLogprobs(logprobs), finish_reason: null }
    return preamble + this.#head + JSON.stringify(told) + this.#tail
  }

  #callStart({ choice, block, id, name }: Extract<StreamPart, { kind: 'toolCallStart' }>): string {
    const { state, preamble } = this.#enter(choice)
    if (state.calls.has(block)) return preamble
    state.calls.set(block, { hasArguments: false })
    const call = { index: block, id, type: 'function', function: { name, arguments: '' } }
    return preamble + this.#piece(choice, { tool_calls: [call] })
  }

  #callArguments({ choice, block, text }: Extract<StreamPart, { kind: 'toolCallArguments' }>): string {
    const call = this.#choices.get(choice)?.calls.get(block)
    if (call === undefined || text === '') return ''
    call.hasArguments = true
    return this.#piece(choice, argumentsDelta(block, text))
  }

  #finish(choice: number, finish: Extract<StreamPart, { kind: 'finish' }>['finish']): string {
    const { state, preamble } = this.#enter(choice)
    if (state.hasFinished) return ''
    let written = preamble
    // A call without arguments is a call with `{}`: an empty text would not parse at the client.
    for (const [block, call] of state.calls) {
      if (!call.hasArguments && finish === 'tool_calls')
        written += this.#piece(choice, argumentsDelta(block, '{}'))
    }
    state.hasFinished = true
    return written + this.#chunk(choice, {}, writeFinish(finish, state.hasRefusal))
  }

  /** Completes what the provider left out: a server without finish reasons, or an answer without any content. */
  #end(): string {
    let written = ''
    if (this.#choices.size === 0) written += this.#finish(0, 'stop')
    for (const [choice, state] of this.#choices) {
      if (!state.hasFinished) written += this.#finish(choice, state.calls.size > 0 ? 'tool_calls' : 'stop')
    }
    if (this.#includeUsage && this.#usage.input !== undefined) {
      written += `${this.#head}],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`
    }
    return written + doneEvent
  }

  #chunk(index: number, delta: JsonObject, finishReason: string | null): string {
    const choice: Record<string, JsonValue> = { index, delta, logprobs: null, finish_reason: finishReason }
    return this.#head + JSON.stringify(choice) + this.#tail
  }
}

function argumentsDelta(block: number, text: string): JsonObject {
  return { tool_calls: [{ index: block, function: { arguments: text } }] }
}
