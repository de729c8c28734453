// What OpenAI's clients, and those of the servers that imitate it, expect around a chat request.
import type { CallerHabits, DescribedModel, ModelList, Surface, UnservedPath } from '../dialect.ts'

/** Base URLs come with and without `/v1`; Groq's client, and Azure's, put `/openai` in front. */
export const surfaces: readonly Surface[] = [
  { path: '/v1/chat/completions', endpoint: 'completion' },
  { path: '/chat/completions', endpoint: 'completion' },
  { path: '/openai/v1/chat/completions', endpoint: 'completion' },
  { path: '/openai/deployments/{model}/chat/completions', endpoint: 'completion', flavour: 'azure' },
]

export const unserved: readonly UnservedPath[] = [
  {
    path: /^(?:\/openai)?(?:\/v1)?\/(?:assistants|audio|batches|completions|files|fine_tuning|images|moderations|realtime|threads|uploads|vector_stores|videos)(?:\/|$)/,
    name: 'this part of the OpenAI API',
  },
  { path: /^\/openai\/deployments\/[^/]+\/./, name: 'this operation of an Azure OpenAI deployment' },
]

export const habits: CallerHabits = {
  requestIdHeader: 'x-request-id',
  answerIdPrefix: 'chatcmpl-',
  terminalMarker: 'data: [DONE]\n\n',
  forwardedHeaders: ['openai-organization', 'openai-project', 'openai-beta'],
  bookkeeping: new Set([
    'stream',
    'stream_options',
    'user',
    'safety_identifier',
    'metadata',
    'store',
    'service_tier',
    'prompt_cache_key',
    'prompt_cache_retention',
  ]),
}

export const models: ModelList = {
  paths: ['/v1/models', '/models', '/openai/v1/models', '/openai/models'],
  describeAll: models => ({ object: 'list', data: models.map(describe) }),
  describe,
}

/** Nobody here knows when a model came into being: the oldest moment stands for that. */
function describe({ id, ownedBy }: DescribedModel) {
  return { id, object: 'model', created: 0, owned_by: ownedBy }
}
