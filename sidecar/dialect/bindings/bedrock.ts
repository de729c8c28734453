// Amazon Bedrock's runtime: the model, an id or an ARN, stands in the path.
import type { PathInput, ProviderBinding } from '../provider-binding.ts'
import { pathSegment } from './path-segment.ts'

export const bedrock: ProviderBinding = {
  provider: 'Bedrock',
  speaks: format => format.startsWith('bedrock-'),
  completion: 'bedrock-converse',
  embeddings: 'bedrock-embeddings',
  framing: 'awsEventStream',
  path(input) {
    const model = pathSegment(input.model)
    const operation = operationOf(input)
    return model === undefined || operation === undefined ? undefined : `/model/${model}/${operation}`
  },
  credential: () => ({ kind: 'aws', service: 'bedrock' }),
}

function operationOf({ format, endpoint, stream }: PathInput): string | undefined {
  if (endpoint === 'countTokens') return undefined
  if (format === 'bedrock-converse') return stream ? 'converse-stream' : 'converse'
  return stream ? 'invoke-with-response-stream' : 'invoke'
}
