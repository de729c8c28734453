// What Google's clients expect around a request: https://ai.google.dev/api and Vertex, which differ in their paths.
import type {
  CallerHabits,
  ClientMarks,
  DescribedModel,
  Endpoint,
  ModelList,
  Surface,
  UnservedPath,
} from '../dialect.ts'

/** In front of `{model}:operation`. Base URLs come with and without a version. */
const collections = [
  '/v1beta/models',
  '/v1/models',
  '/v1alpha/models',
  '/models',
  '/v1/publishers/google/models',
  '/v1beta1/publishers/google/models',
  '/v1/projects/{project}/locations/{location}/publishers/google/models',
  '/v1beta1/projects/{project}/locations/{location}/publishers/google/models',
] as const

/** The paths of one operation under every base. */
export function surfacesOf(
  operation: string,
  endpoint: Endpoint,
  more: Partial<Surface> = {},
): readonly Surface[] {
  return collections.map(collection => ({ path: `${collection}/{model}:${operation}`, endpoint, ...more }))
}

export const surfaces: readonly Surface[] = [
  ...surfacesOf('generateContent', 'completion', { stream: false }),
  ...surfacesOf('streamGenerateContent', 'completion', { stream: true }),
  ...surfacesOf('countTokens', 'countTokens', { stream: false }),
]

/** Version and, at Vertex, project and place, in front of what is asked for. */
const place = `^/v1(?:beta1?|alpha)?(?:/projects/[^/]+/locations/[^/]+)?`

export const unserved: readonly UnservedPath[] = [
  {
    path: /\/publishers\/google\/models\/[^/]+:predict$/,
    name: 'embeddings in the form of Vertex AI (predict)',
  },
  {
    path: /\/models\/[^/]+:(?:asyncBatchEmbedContent|batchGenerateContent|computeTokens|predict|predictLongRunning)$/,
    name: 'this operation of a Gemini model',
  },
  {
    path: new RegExp(`${place}/(?:endpoints|publishers/(?!google/|anthropic/)[^/]+|tunedModels)/`),
    name: 'tuned and partner models of Google Cloud',
  },
  {
    path: /^(?:\/upload)?\/v1(?:beta1?|alpha)?(?:\/projects\/[^/]+\/locations\/[^/]+)?\/(?:auth_tokens|batches|batchPredictionJobs|cachedContents|corpora|fileSearchStores|files|interactions|operations|tuningJobs)(?:[/:]|$)/,
    name: 'this part of the Gemini API',
  },
]

export const habits: CallerHabits = {
  requestIdHeader: 'x-goog-request-id',
  answerIdPrefix: '',
  terminalMarker: '',
  forwardedHeaders: ['x-vertex-ai-llm-request-type', 'x-vertex-ai-llm-shared-request-type'],
  bookkeeping: new Set(['labels', 'serviceTier', 'service_tier']),
}

export const marks: ClientMarks = {
  headers: ['x-goog-api-key', 'x-goog-api-client'],
  path: /^\/v1(?:beta1?|alpha)\/|\/publishers\/google\/|:[a-z]+(?:Content|Contents|Tokens)$/,
}

export const models: ModelList = {
  paths: [
    '/v1beta/models',
    '/v1alpha/models',
    '/v1/models',
    '/models',
    '/v1beta1/publishers/google/models',
    '/v1/publishers/google/models',
  ],
  describeAll: models => ({ models: models.map(describe) }),
  describe,
}

function describe({ id }: DescribedModel) {
  return {
    name: `models/${id}`,
    displayName: id,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
}
