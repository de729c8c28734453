// What OpenAI's clients, and those of the servers that imitate it, expect around a chat request.
import { othersClientsInJava } from '../clients-in-java.ts'
import type { CallerHabits, DescribedModel, Endpoint, ModelList, Surface, UnservedPath } from '../dialect.ts'

/** Base URLs come with and without `/v1`; Groq's client puts `/openai` in front, and so do Azure's; the last is Google's. */
const bases = ['/v1', '', '/openai/v1', '/openai', '/v1beta/openai'] as const

/**
 * A deployment follows the base URL: Azure's endpoint or, where a client takes its address from the variable for OpenAI's,
 * that one.
 */
const deploymentBases = ['/openai', '/v1', '', '/openai/v1'] as const

/** The paths of one operation under every base. */
export function surfacesOf(operation: string, endpoint: Endpoint): readonly Surface[] {
  return [
    ...bases.map(base => ({ path: `${base}/${operation}`, endpoint })),
    ...deploymentBases.map(base => ({
      path: `${base}/deployments/{model}/${operation}`,
      endpoint,
      flavour: 'azure',
    })),
  ]
}

export const surfaces: readonly Surface[] = surfacesOf('chat/completions', 'completion')

export const unserved: readonly UnservedPath[] = [
  {
    path: /^(?:\/openai)?(?:\/v1)?\/(?:assistants|audio|batches|completions|files|fine_tuning|images|moderations|realtime|threads|uploads|vector_stores|videos)(?:\/|$)/,
    name: 'this part of the OpenAI API',
  },
  {
    path: /^(?:\/openai)?(?:\/v1)?\/deployments\/[^/]+\/./,
    name: 'this operation of an Azure OpenAI deployment',
  },
]

export const habits: CallerHabits = {
  requestIdHeader: 'x-request-id',
  answerIdPrefix: 'chatcmpl-',
  terminalMarker: 'data: [DONE]\n\n',
  missesErrorEvents: othersClientsInJava,
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
  paths: bases.map(base => `${base}/models`),
  describeAll: models => ({ object: 'list', data: models.map(describe) }),
  describe,
}

/** Nobody here knows when a model came into being: the oldest moment stands for that. */
function describe({ id, ownedBy }: DescribedModel) {
  return { id, object: 'model', created: 0, owned_by: ownedBy }
}
