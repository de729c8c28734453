// The application of the demo: the vendors' own SDKs, unchanged but for their base URL.
import Anthropic from '@anthropic-ai/sdk'
import OpenAI from 'openai'
import { readVerdict, type Verdict } from '../support/served-header.ts'

/** What came of one request. */
export interface Asked {
  readonly with: string
  readonly verdict: Verdict | undefined
  readonly milliseconds: number
  /** The answer, or as much of it as came. */
  readonly text: string
  /** What the SDK threw. */
  readonly problem?: string
}

export interface Application {
  /** Streams a chat completion with OpenAI's SDK. */
  streamWithOpenAi(question: string): Promise<Asked>
  /** Asks for a whole message with Anthropic's SDK. */
  askWithAnthropic(question: string): Promise<Asked>
}

const model = 'gpt-4o'

export function createApplication(sidecarUrl: string): Application {
  const openai = new OpenAI({ baseURL: `${sidecarUrl}/v1`, apiKey: 'anything' })
  const anthropic = new Anthropic({ baseURL: sidecarUrl, apiKey: 'anything' })
  return {
    streamWithOpenAi: question =>
      measure('openai', async progress => {
        const messages = [{ role: 'user' as const, content: question }]
        const call = openai.chat.completions.create({ model, messages, stream: true })
        const { data, response } = await call.withResponse()
        progress.verdict = readVerdict(response.headers)
        for await (const chunk of data) {
          const delta = chunk.choices[0]?.delta
          progress.text += delta?.content ?? delta?.refusal ?? ''
        }
      }),
    askWithAnthropic: question =>
      measure('anthropic', async progress => {
        const messages = [{ role: 'user' as const, content: question }]
        const call = anthropic.messages.create({ model, messages, max_tokens: 1_000 })
        const { data, response } = await call.withResponse()
        progress.verdict = readVerdict(response.headers)
        progress.text = data.content.map(part => (part.type === 'text' ? part.text : '')).join('')
        if (progress.text === '') progress.text = `(stop_reason: ${data.stop_reason})`
      }),
  }
}

interface Progress {
  verdict: Verdict | undefined
  text: string
}

async function measure(name: string, ask: (progress: Progress) => Promise<void>): Promise<Asked> {
  const progress: Progress = { verdict: undefined, text: '' }
  const startedAt = performance.now()
  const finish = () => ({ with: name, ...progress, milliseconds: performance.now() - startedAt })
  try {
    await ask(progress)
    return finish()
  } catch (error) {
    if (isApiError(error) && error.headers) progress.verdict = readVerdict(error.headers)
    return { ...finish(), problem: describeProblem(error) }
  }
}

function isApiError(error: unknown): error is { headers: Headers | undefined } {
  return error instanceof OpenAI.APIError || error instanceof Anthropic.APIError
}

function describeProblem(error: unknown): string {
  return error instanceof Error ? `${error.constructor.name}: ${error.message}` : String(error)
}
