import type { ProviderBinding } from '../provider-binding.ts'

export const cohere: ProviderBinding = {
  provider: 'Cohere',
  speaks: format => format === 'cohere-chat' || format === 'cohere-embeddings',
  completion: 'cohere-chat',
  embeddings: 'cohere-embeddings',
  framing: 'sse',
  path({ endpoint, base }) {
    if (endpoint === 'countTokens') return undefined
    const prefix = base.endsWith('/v2') ? '' : '/v2'
    return endpoint === 'completion' ? `${prefix}/chat` : `${prefix}/embed`
  },
  credential: () => ({ kind: 'bearer' }),
}
