// What scripted providers say in the scenarios: the shortest honest forms of each wire format.
import { type RequestHandler, respond } from '../support/scripted-provider.ts'

const created = 1_766_265_203

export interface ChatShape {
  readonly model?: string
  readonly finish?: string
}

export function chatBody(text: string, { model = 'scripted', finish = 'stop' }: ChatShape = {}): object {
  return {
    id: 'chatcmpl-scripted',
    object: 'chat.completion',
    created,
    model,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        logprobs: null,
        finish_reason: finish,
      },
    ],
    usage: { prompt_tokens: 7, completion_tokens: 5, total_tokens: 12 },
  }
}

/** A whole chat completion. */
export function chat(text: string, shape: ChatShape = {}): RequestHandler {
  return respond({ status: 200, json: chatBody(text, shape) })
}

/** A whole Anthropic message. */
export function message(text: string, headers: Readonly<Record<string, string>> = {}): RequestHandler {
  const body = {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: 'scripted',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 7, output_tokens: 5 },
  }
  return respond({ status: 200, headers, json: body })
}

export interface ErrorShape {
  readonly code?: string
  readonly type?: string
  readonly message?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** An OpenAI error of any status. */
export function failWith(status: number, shape: ErrorShape = {}): RequestHandler {
  const { code = null, type = 'simulated', message: text = 'it failed', headers = {} } = shape
  return respond({ status, headers, json: { error: { message: text, type, param: null, code } } })
}

export function rateLimited(retryAfterSeconds: number): RequestHandler {
  return failWith(429, {
    type: 'tokens',
    code: 'rate_limit_exceeded',
    headers: { 'retry-after': String(retryAfterSeconds), 'x-ratelimit-remaining-tokens': '0' },
  })
}

/** One chunk of a streamed chat completion, as an event. */
export function chatChunk(delta: object, finish: string | null = null): string {
  const body = {
    id: 'chatcmpl-scripted',
    object: 'chat.completion.chunk',
    created,
    model: 'scripted',
    choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  }
  return `data: ${JSON.stringify(body)}\n\n`
}

export const openingChunk: string = chatChunk({ role: 'assistant', content: '' })
export const closingChunk: string = chatChunk({}, 'stop')
export const doneMarker = 'data: [DONE]\n\n'

export function words(...texts: readonly string[]): readonly string[] {
  return texts.map(content => chatChunk({ content }))
}

/** A complete stream of these words. */
export function wholeStream(...texts: readonly string[]): readonly string[] {
  return [openingChunk, ...words(...texts), closingChunk, doneMarker]
}

export const eventStreamHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/event-stream; charset=utf-8',
}
