// Google's Gemini API: AI Studio behind the bare host, Vertex behind `…/publishers/google`.
import type { PathInput, ProviderBinding } from '../provider-binding.ts'
import { pathSegment } from './path-segment.ts'

export const gemini: ProviderBinding = {
  provider: 'Gemini',
  speaks: format => format === 'gemini-generate' || format === 'gemini-embeddings',
  completion: 'gemini-generate',
  embeddings: 'gemini-embeddings',
  framing: 'sse',
  path(input) {
    const model = modelPath(input.model)
    if (model === undefined) return undefined
    const version = /\/(?:v1(?:beta1?)?|publishers\/[^/]+)$/.test(input.base) ? '' : '/v1beta'
    return `${version}/${model}:${operationOf(input)}`
  },
  credential: endpoint =>
    isVertex(endpoint) ? { kind: 'bearer' } : { kind: 'header', name: 'x-goog-api-key' },
}

/** Names may carry their collection: `models/…`, `tunedModels/…`. */
function modelPath(model: string): string | undefined {
  const collection = /^(?:models|tunedModels)\//.exec(model)?.[0]
  const name = pathSegment(model.slice(collection?.length ?? 0))
  return name === undefined ? undefined : `${collection ?? 'models/'}${name}`
}

function operationOf({ endpoint, stream, framing, variant }: PathInput): string {
  switch (endpoint) {
    case 'countTokens':
      return 'countTokens'
    case 'embeddings':
      return variant === 'batch' ? 'batchEmbedContents' : 'embedContent'
    case 'completion':
      if (!stream) return 'generateContent'
      return framing === 'sse' ? 'streamGenerateContent?alt=sse' : 'streamGenerateContent'
  }
}

/** Vertex takes the access tokens of Google Cloud, AI Studio keys of its own. */
function isVertex(endpoint: string): boolean {
  return new URL(endpoint).hostname.endsWith('aiplatform.googleapis.com')
}
