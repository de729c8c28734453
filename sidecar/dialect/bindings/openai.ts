// OpenAI, and the many servers that speak as it does.
import type { FormatName } from '../dialect.ts'
import type { ProviderBinding } from '../provider-binding.ts'

/** Operations behind a base URL that ends in `/v1`: the model stands in the body. */
export const openAiPaths: Readonly<Partial<Record<FormatName, string>>> = {
  'openai-chat': '/chat/completions',
  'openai-responses': '/responses',
  'openai-embeddings': '/embeddings',
}

/** Servers that speak chat and embeddings alone, by the end of their host. */
const chatOnlyHosts: readonly string[] = [
  'api.mistral.ai',
  'api.together.xyz',
  'api.together.ai',
  'api.cerebras.ai',
]

export const openAi: ProviderBinding = {
  provider: 'OpenAI',
  speaks: (format, endpoint) =>
    Object.hasOwn(openAiPaths, format) && !(format === 'openai-responses' && isChatOnly(endpoint)),
  completion: 'openai-chat',
  embeddings: 'openai-embeddings',
  framing: 'sse',
  path: ({ format, endpoint }) => (endpoint === 'countTokens' ? undefined : openAiPaths[format]),
  credential: () => ({ kind: 'bearer' }),
}

function isChatOnly(endpoint: string): boolean {
  return chatOnlyHosts.includes(new URL(endpoint).hostname)
}
