// Vendors' paths that are known but not served yet: told apart from nonsense, in words that their clients can read.
import type { JsonObject } from '../dialect/completion.ts'
import type { CallerError } from '../dialect/dialect.ts'
import type { ErrorShape } from './surfaces.ts'

export interface UnsupportedSurface {
  readonly name: string
  /** Absent: OpenAI's. */
  readonly shape?: ErrorShape
}

interface PathRule extends UnsupportedSurface {
  readonly path: RegExp
}

const gemini: ErrorShape = {
  format: 'gemini',
  encodeError: ({ status, message }: CallerError): JsonObject => ({
    error: { code: status, message, status: 'UNIMPLEMENTED' },
  }),
}

const bedrock: ErrorShape = {
  format: 'bedrock',
  encodeError: ({ message, code }: CallerError): JsonObject => ({ message, code }),
}

const cohere: ErrorShape = {
  format: 'cohere',
  encodeError: ({ message, code, requestId }: CallerError): JsonObject => ({ id: requestId, message, code }),
}

const rules: readonly PathRule[] = [
  { path: /^(?:\/openai)?(?:\/v1)?\/responses(?:\/|$)/, name: 'the Responses API' },
  { path: /^(?:\/openai)?(?:\/v1)?\/embeddings$/, name: 'embeddings' },
  { path: /^\/openai\/deployments\/[^/]+\/./, name: 'Azure OpenAI deployments' },
  {
    path: /^\/v1(?:beta)?\/models\/[^/]+:(?:generateContent|streamGenerateContent|embedContent|batchEmbedContents|countTokens)$/,
    name: 'the Gemini API',
    shape: gemini,
  },
  {
    path: /^\/model\/[^/]+\/(?:converse|converse-stream|invoke|invoke-with-response-stream)$/,
    name: 'the Bedrock runtime API',
    shape: bedrock,
  },
  { path: /^\/v2\/(?:chat|embed)$/, name: 'the Cohere API', shape: cohere },
]

/** The rule for this path, if it is one of a vendor's that this version does not serve. */
export function findUnsupported(path: string): UnsupportedSurface | undefined {
  return rules.find(rule => rule.path.test(path))
}
