// Azure OpenAI in both of its shapes: `…/openai/v1` with the model in the body, and deployments with a dated API. Beside it the
// catalogue of other vendors' models behind `…/models`, which is dated and has the model in the body.
import type { FormatName } from '../dialect.ts'
import type { PathInput, ProviderBinding } from '../provider-binding.ts'
import { openAiPaths } from './openai.ts'
import { pathSegment } from './path-segment.ts'

/** What a caller of another vendor is asked with; a caller of Azure names its own. */
const usualVersion = '2024-10-21'
const responsesVersion = '2025-04-01-preview'
const catalogueVersion = '2024-05-01-preview'

export const azureOpenAi: ProviderBinding = {
  provider: 'AzureOpenAI',
  speaks: (format, endpoint) =>
    Object.hasOwn(openAiPaths, format) && !(format === responses && isCatalogue(endpoint)),
  completion: 'openai-chat',
  embeddings: 'openai-embeddings',
  framing: 'sse',
  path(input) {
    const operation = input.endpoint === 'countTokens' ? undefined : openAiPaths[input.format]
    if (operation === undefined) return undefined
    if (isCatalogue(input.base)) return withVersion(operation, input, catalogueVersion)
    return input.base.endsWith('/v1') ? withVersion(operation, input) : datedPath(operation, input)
  },
  // Keys are the platform's own, tokens those of its identities.
  credential: () => ({ kind: 'header', name: 'api-key', tokens: 'bearer' }),
}

/** The model is the deployment; only the Responses API keeps it in the body. */
function datedPath(operation: string, input: PathInput): string | undefined {
  const prefix = input.base.endsWith('/openai') ? '' : '/openai'
  if (input.format === responses) return withVersion(`${prefix}${operation}`, input, responsesVersion)
  const deployment = pathSegment(input.model)
  if (deployment === undefined) return undefined
  return withVersion(`${prefix}/deployments/${deployment}${operation}`, input, usualVersion)
}

const responses: FormatName = 'openai-responses'

function isCatalogue(base: string): boolean {
  return base.endsWith('/models')
}

function withVersion(path: string, { query }: PathInput, usual?: string): string {
  const version = query('api-version') ?? usual
  return version === undefined ? path : `${path}?api-version=${encodeURIComponent(version)}`
}
