// The paths that callers' SDKs use, and what stands behind each.

import type { CallerRequest } from '../chain/ports.ts'
import type { Dialect, WireFormat } from '../dialect/dialect.ts'

export interface Surface {
  readonly format: WireFormat
  readonly endpoint: CallerRequest['endpoint']
}

const chat: Surface = { format: 'openai-chat', endpoint: 'completion' }
const messages: Surface = { format: 'anthropic-messages', endpoint: 'completion' }
const countTokens: Surface = { format: 'anthropic-messages', endpoint: 'countTokens' }

/** POST. Base URLs come with and without `/v1`; Groq's client, and Azure's, put `/openai` in front. */
export const completionPaths: Readonly<Record<string, Surface>> = {
  '/v1/chat/completions': chat,
  '/chat/completions': chat,
  '/openai/v1/chat/completions': chat,
  '/v1/messages': messages,
  '/messages': messages,
  '/v1/messages/count_tokens': countTokens,
  '/messages/count_tokens': countTokens,
}

/** GET. Below each of them a single model can be asked for. */
export const modelPaths: readonly string[] = ['/v1/models', '/models', '/openai/v1/models']

/** How an error looks to the one who asked, also where no dialect of ours is spoken. */
export type ErrorShape = Pick<Dialect, 'encodeError'> & { readonly format: string }

const messagesPath = /\/messages(?:\/|$)/

/** Whose client this is, told by what only Anthropic's send. Everybody else understands OpenAI's errors best. */
export function guessFormat(path: string, header: (name: string) => unknown): WireFormat {
  const isAnthropic =
    header('anthropic-version') !== undefined || header('x-api-key') !== undefined || messagesPath.test(path)
  return isAnthropic ? 'anthropic-messages' : 'openai-chat'
}
