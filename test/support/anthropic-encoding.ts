// Requests as Anthropic's wire gets them, for tests of what is written.
import { encodeRequest } from '../../sidecar/dialect/anthropic-messages/encode-request.ts'
import type { CompletionRequest, Message } from '../../sidecar/dialect/completion.ts'
import type { RequestChange } from '../../sidecar/dialect/dialect.ts'

export const hello: Message = { role: 'user', content: [{ kind: 'text', text: 'Hello' }] }

const plain: CompletionRequest = {
  model: 'gpt-4o',
  stream: false,
  messages: [hello],
  tools: [],
  untranslated: [],
}

export function encode(request: Partial<CompletionRequest>, change: Partial<RequestChange> = {}) {
  return encodeRequest({ ...plain, ...request }, { model: 'claude', wantUsage: false, ...change })
}
