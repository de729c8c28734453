// Stream parts → Cohere's events: one start, blocks one after the other, one end that tells the finish and the usage as it
// stands then, and `[DONE]`.
import { assertNever } from '../../../crds/vocabulary.ts'
import type { Citation, JsonObject, StreamPart, TokenLogprob, Usage } from '../completion.ts'
import type { CallerError, EncodeStreamOptions, StreamEncoder } from '../dialect.ts'
import { writeCitation } from './citations.ts'
import { overflowMessage } from './encode-error.ts'
import { writeFinish } from './finish-reasons.ts'
import { writeLogprobs } from './logprobs.ts'
import { TextOffsets } from './text-offsets.ts'
import { writeUsage } from './usage.ts'

type FinishPart = Extract<StreamPart, { kind: 'finish' }>
type CallStart = Extract<StreamPart, { kind: 'toolCallStart' }>

const doneEvent = 'data: [DONE]\n\n'

/** The block of content that is open on the wire. */
interface OpenBlock {
  readonly kind: 'text' | 'thinking'
  readonly index: number
}

interface Call {
  /** The vendor's own, by order of appearance. */
  readonly index: number
  hasArguments: boolean
  isOpen: boolean
}

export class CohereStreamEncoder implements StreamEncoder {
  readonly #id: string
  #hasStarted: boolean
  #hasEnded = false
  #open: OpenBlock | undefined
  #blocks = 0
  #citations = 0
  readonly #calls = new Map<number, Call>()
  /** The last block of text: citations come behind what they are about. */
  #text = { index: 0, text: '', offsets: new TextOffsets() }
  #hasRefusal = false
  #finish: FinishPart | undefined
  #usage: Partial<Usage> = {}

  constructor(options: EncodeStreamOptions) {
    this.#id = options.id
    this.#hasStarted = options.hasBegun ?? false
  }

  encode(part: StreamPart): string {
    // The wire has one choice.
    if ('choice' in part && part.choice !== 0) return ''
    switch (part.kind) {
      case 'start':
        return this.#start()
      case 'text':
        return this.#piece('text', part.text)
      case 'refusal':
        this.#hasRefusal ||= part.text !== ''
        return this.#piece('text', part.text)
      case 'reasoning':
        // A signature has no place here: it means something to its own model only.
        return this.#piece('thinking', part.text)
      case 'toolCallStart':
        return this.#callStart(part)
      case 'toolCallArguments':
        return this.#callArguments(part.block, part.text)
      case 'citation':
        return this.#citation(part.citation)
      case 'logprobs':
        return this.#logprobs(part.logprobs)
      case 'finish':
        // The end waits: usage may still come, and the wire tells both in one event.
        this.#finish ??= part
        return this.#closeBlock() + this.#closeCalls()
      case 'usage':
        this.#usage = { ...this.#usage, ...part.usage }
        return ''
      case 'end':
        return this.#end()
      case 'other':
      case 'error':
        return ''
      default:
        return assertNever(part)
    }
  }

  /**
   * The wire has no event for errors: an answer that ends with one says so where others say why they ended. Without
   * `[DONE]`, so that the connection can break behind it: the clients in JavaScript and Python raise for nothing else, the
   * one in Java not even for that.
   */
  encodeError(error: CallerError): string {
    const message = error.form === 'contextOverflow' ? overflowMessage(error.message) : error.message
    const delta = { finish_reason: 'ERROR', error: message }
    return writeEvent('message-end', { id: this.#id, delta })
  }

  #start(): string {
    if (this.#hasStarted) return ''
    this.#hasStarted = true
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] }
    return writeEvent('message-start', { id: this.#id, delta: { message } })
  }

  #piece(kind: 'text' | 'thinking', text: string): string {
    if (text === '') return ''
    const { index, written } = this.#enter(kind)
    if (kind === 'text') {
      this.#text.text += text
      this.#text.offsets.append(text)
    }
    return `${written}event: content-delta\ndata: {"type":"content-delta","index":${index},"delta":{"message":{"content":{"${kind}":${JSON.stringify(text)}}}}}\n\n`
  }

  #enter(kind: 'text' | 'thinking'): { readonly index: number; readonly written: string } {
    if (this.#open?.kind === kind) return { index: this.#open.index, written: '' }
    const before = this.#start() + this.#closeBlock() + this.#closeCalls()
    const index = this.#blocks++
    this.#open = { kind, index }
    if (kind === 'text') this.#text = { index, text: '', offsets: new TextOffsets() }
    const delta = { message: { content: { type: kind, [kind]: '' } } }
    return { index, written: before + writeEvent('content-start', { index, delta }) }
  }

  #callStart({ block, id, name }: CallStart): string {
    if (this.#calls.has(block)) return ''
    // A call without arguments may still get them: some servers announce all their calls first.
    const before = this.#start() + this.#closeBlock() + this.#closeCalls(one => one.hasArguments)
    const index = this.#calls.size
    this.#calls.set(block, { index, hasArguments: false, isOpen: true })
    const call = { id, type: 'function', function: { name, arguments: '' } }
    return before + writeEvent('tool-call-start', { index, delta: { message: { tool_calls: call } } })
  }

  #callArguments(block: number, text: string): string {
    const call = this.#calls.get(block)
    if (call === undefined || text === '') return ''
    call.hasArguments = true
    return writeArguments(call.index, text)
  }

  #citation(citation: Citation): string {
    const index = this.#citations++
    const written = writeCitation(citation, this.#text)
    return (
      this.#start() +
      writeEvent('citation-start', { index, delta: { message: { citations: written } } }) +
      writeEvent('citation-end', { index })
    )
  }

  #logprobs(logprobs: readonly TokenLogprob[]): string {
    const { index, written } = this.#enter('text')
    const delta = { message: { content: { text: '' } } }
    const events = writeLogprobs(logprobs).map(item =>
      writeEvent('content-delta', { index, delta, logprobs: item }),
    )
    return written + events.join('')
  }

  #closeBlock(): string {
    const open = this.#open
    this.#open = undefined
    return open === undefined ? '' : writeEvent('content-end', { index: open.index })
  }

  #closeCalls(which: (call: Call) => boolean = () => true): string {
    let written = ''
    for (const call of this.#calls.values()) {
      if (!call.isOpen || !which(call)) continue
      call.isOpen = false
      // A call without arguments is a call with `{}`: an empty text would not parse at the client.
      if (!call.hasArguments) written += writeArguments(call.index, '{}')
      written += writeEvent('tool-call-end', { index: call.index })
    }
    return written
  }

  #end(): string {
    if (this.#hasEnded) return ''
    this.#hasEnded = true
    const { finish, stopSequence } = this.#finish ?? {}
    const reason = writeFinish({
      finish: finish ?? (this.#calls.size > 0 ? 'tool_calls' : 'stop'),
      hasRefusal: this.#hasRefusal,
      ...(stopSequence !== undefined && { stopSequence }),
    })
    const usage = this.#usage.input === undefined ? {} : { usage: writeUsage(this.#usage) }
    const delta = { finish_reason: reason, ...usage }
    const before = this.#start() + this.#closeBlock() + this.#closeCalls()
    return before + writeEvent('message-end', { id: this.#id, delta }) + doneEvent
  }
}

function writeArguments(index: number, text: string): string {
  const delta = { message: { tool_calls: { function: { arguments: text } } } }
  return writeEvent('tool-call-delta', { index, delta })
}

function writeEvent(type: string, payload: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...payload })}\n\n`
}
