// One question to a vendor through its own SDK, with all defaults: the address and the key come from the environment.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { readVerdict } from '../../support/served-header.ts'

export interface Answered {
  readonly text: string
  /** Absent: no sidecar answered. */
  readonly step?: string
  readonly provider?: string
  readonly policy?: string
}

/** Absent: as often as the SDK tries again by itself. */
export interface Patience {
  readonly maxRetries?: number
}

export type Ask = (patience: Patience) => Promise<Answered>

const messages = [{ role: 'user' as const, content: 'Can you hear me?' }]

export const askOpenAi: Ask = async patience => {
  const call = new OpenAI(patience).chat.completions.create({ model: 'gpt-4o', messages })
  const { data, response } = await call.withResponse()
  return { text: data.choices[0]?.message.content ?? '', ...whoServed(response.headers) }
}

/** @throws Error when the stream ends before it is finished. */
export const streamOpenAi: Ask = async patience => {
  const call = new OpenAI(patience).chat.completions.create({ model: 'gpt-4o', messages, stream: true })
  const { data, response } = await call.withResponse()
  let text = ''
  let isFinished = false
  for await (const { choices } of data) {
    text += choices[0]?.delta.content ?? ''
    isFinished ||= choices[0]?.finish_reason === 'stop'
  }
  if (!isFinished) throw new Error(`the stream ended after ${text.length} characters without its end`)
  return { text, ...whoServed(response.headers) }
}

export const askAnthropic: Ask = async patience => {
  const call = new Anthropic(patience).messages.create({
    model: 'claude-sonnet-4-5',
    max_tokens: 1024,
    messages,
  })
  const { data, response } = await call.withResponse()
  const text = data.content.map(block => (block.type === 'text' ? block.text : '')).join('')
  return { text, ...whoServed(response.headers) }
}

function whoServed(headers: Headers): Omit<Answered, 'text'> {
  const { served, policy } = readVerdict(headers)
  return {
    ...(served === undefined ? {} : { step: served.step }),
    ...(served?.provider === undefined ? {} : { provider: served.provider }),
    ...(policy === undefined ? {} : { policy }),
  }
}
