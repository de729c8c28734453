// Stream parts → response events that the vendor's own stream helpers accept: the response first, every item opened before
// its pieces and closed after them, one final event that carries the whole answer.
import { assertNever } from '../../../crds/vocabulary.ts'
import type { JsonObject, StreamPart, Usage } from '../completion.ts'
import type { CallerError, EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { errorCode, errorObject } from './encode-error.ts'
import { type ResponseFacts, writeResponse } from './encode-reply.ts'
import { type WireEnd, writeFinish } from './finish-reasons.ts'
import { nativeReplyId } from './native-id.ts'
import { StreamedOutput } from './stream-output.ts'
import { EventWriter } from './write-event.ts'

type FinishPart = Extract<StreamPart, { kind: 'finish' }>

export class ResponsesStreamEncoder implements StreamEncoder {
  readonly #options: EncodeStreamOptions
  readonly #id: string
  readonly #events = new EventWriter()
  readonly #output: StreamedOutput
  #model: string
  #usage: Partial<Usage> = {}
  #hasRefusal = false
  #finish: FinishPart | undefined
  #state: 'new' | 'begun' | 'ended'

  constructor(options: EncodeStreamOptions) {
    this.#options = options
    this.#id = nativeReplyId(options.id)
    this.#model = options.model
    this.#output = new StreamedOutput(this.#events, this.#id)
    this.#state = options.hasBegun === true ? 'begun' : 'new'
  }

  /** The wire knows one choice: the first. */
  encode(part: StreamPart): string {
    return this.#state === 'ended' || ('choice' in part && part.choice !== 0) ? '' : this.#encode(part)
  }

  /** The named event is what clients throw on; behind it the vendor tells that the response has failed. */
  encodeError(error: CallerError): string {
    const before = this.#output.closeAll('incomplete')
    const told = before + this.#events.write('error', { error: errorObject(error) })
    // Without a beginning, or behind one that came from elsewhere, there is no response of this id that could fail.
    if (this.#state !== 'begun' || this.#options.hasBegun === true) return told
    const state = { kind: 'failed', code: errorCode(error), message: error.message } as const
    return told + this.#events.write('response.failed', { response: this.#response(state) })
  }

  #encode(part: StreamPart): string {
    switch (part.kind) {
      case 'text':
        return part.text === '' ? '' : this.#begin() + this.#output.say('text', part.text)
      case 'refusal':
        this.#hasRefusal = true
        return part.text === '' ? '' : this.#begin() + this.#output.say('refusal', part.text)
      case 'reasoning':
        // A signature means something to its own model only.
        return part.text === '' ? '' : this.#begin() + this.#output.reason(part.text)
      case 'toolCallArguments':
        return this.#output.extendCall(part.block, part.text)
      case 'toolCallStart':
        return this.#begin() + this.#output.startCall(part)
      case 'citation':
        return this.#output.cite(part.citation)
      case 'logprobs':
        this.#output.addLogprobs(part.logprobs)
        return ''
      case 'start':
        if (part.model !== undefined && part.model !== '' && this.#state === 'new') this.#model = part.model
        return this.#begin()
      case 'usage':
        this.#usage = { ...this.#usage, ...part.usage }
        return ''
      case 'finish':
        // The end waits: usage may still come, and the wire tells both in one event.
        this.#finish ??= part
        return this.#begin() + this.#output.closeAll(this.#wireEnd().status)
      case 'end':
        return this.#end()
      case 'other':
      case 'error':
        return ''
      default:
        return assertNever(part)
    }
  }

  #begin(): string {
    if (this.#state !== 'new') return ''
    this.#state = 'begun'
    const response = this.#response({ kind: 'in_progress' })
    return (
      this.#events.write('response.created', { response }) +
      this.#events.write('response.in_progress', { response })
    )
  }

  #end(): string {
    const end = this.#wireEnd()
    const before = this.#begin() + this.#output.closeAll(end.status)
    this.#state = 'ended'
    const response = this.#response({ kind: 'ended', end })
    return before + this.#events.write(`response.${end.status}`, { response })
  }

  #wireEnd(): WireEnd {
    return writeFinish(this.#finish?.finish ?? null, this.#hasRefusal)
  }

  #response(state: ResponseFacts['state']): JsonObject {
    return writeResponse({
      id: this.#id,
      model: this.#model,
      created: this.#options.created,
      state,
      output: this.#output.items,
      ...(state.kind !== 'in_progress' && { usage: this.#usage }),
    })
  }
}
