import type { ProviderBinding } from '../provider-binding.ts'

export const anthropic: ProviderBinding = {
  provider: 'Anthropic',
  speaks: format => format === 'anthropic-messages',
  completion: 'anthropic-messages',
  framing: 'sse',
  /** The vendor's own SDK takes the bare host as base URL; others write `/v1` behind it. */
  path({ endpoint, base }) {
    const prefix = base.endsWith('/v1') ? '' : '/v1'
    return endpoint === 'completion' ? `${prefix}/messages` : `${prefix}/messages/count_tokens`
  },
  credential: () => ({ kind: 'header', name: 'x-api-key' }),
}
