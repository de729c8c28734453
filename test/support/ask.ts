// Plain HTTP requests to a sidecar, for tests that look at the wire rather than through an SDK.

import { readVerdict, type Verdict } from './served-header.ts'
import { parseRecord } from './simulated-vendors/json.ts'

export interface Question {
  /** Absent: `any-model`. */
  readonly model?: string
  readonly stream?: boolean
  /** Text of the only message. */
  readonly content?: string
  /** Further members of the body. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

export interface WireAnswer {
  readonly status: number
  readonly headers: Headers
  readonly verdict: Verdict
  /** The body as far as it came. */
  readonly text: string
  /** The connection broke before the body had ended. */
  readonly isBroken: boolean
  /** The body as a JSON object; empty when it is none. */
  readonly json: Readonly<Record<string, unknown>>
}

/** Posts a chat completion in OpenAI's dialect. */
export function askChat(url: string, question: Question = {}): Promise<WireAnswer> {
  const body = {
    model: question.model ?? 'any-model',
    messages: [{ role: 'user', content: question.content ?? 'Hello' }],
    ...(question.stream ? { stream: true } : {}),
    ...question.more,
  }
  return post(`${url}/v1/chat/completions`, body, question)
}

/** Posts a message in Anthropic's dialect. */
export function askMessages(url: string, question: Question = {}): Promise<WireAnswer> {
  const body = {
    model: question.model ?? 'any-model',
    max_tokens: 1000,
    messages: [{ role: 'user', content: question.content ?? 'Hello' }],
    ...(question.stream ? { stream: true } : {}),
    ...question.more,
  }
  const headers = { 'anthropic-version': '2023-06-01', ...question.headers }
  return post(`${url}/v1/messages`, body, { ...question, headers })
}

async function post(url: string, body: unknown, question: Question): Promise<WireAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...question.headers },
    body: JSON.stringify(body),
    ...(question.signal === undefined ? {} : { signal: question.signal }),
  })
  const { text, isBroken } = await readToTheEnd(response)
  return {
    status: response.status,
    headers: response.headers,
    verdict: readVerdict(response.headers),
    text,
    isBroken,
    json: parseRecord(text) ?? {},
  }
}

async function readToTheEnd(response: Response): Promise<{ text: string; isBroken: boolean }> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of response.body ?? []) text += decoder.decode(chunk, { stream: true })
    return { text, isBroken: false }
  } catch {
    return { text, isBroken: true }
  }
}

/** The `data` of each event of a stream, in order, comments left out. */
export function dataOf(stream: string): readonly string[] {
  return stream
    .split(/\r?\n/)
    .filter(line => line.startsWith('data: '))
    .map(line => line.slice('data: '.length))
}

/** The text of a chat completion, whole or streamed. */
export function chatText(answer: WireAnswer): string {
  const isStream = (answer.headers.get('content-type') ?? '').startsWith('text/event-stream')
  const bodies = isStream ? dataOf(answer.text) : [answer.text]
  return bodies.map(textOfBody).join('')
}

interface ChatBody {
  readonly choices?: readonly {
    readonly message?: { readonly content?: string | null }
    readonly delta?: { readonly content?: string | null }
  }[]
}

function textOfBody(body: string): string {
  const parsed: ChatBody = parseRecord(body) ?? {}
  const [choice] = parsed.choices ?? []
  return choice?.message?.content ?? choice?.delta?.content ?? ''
}
