// Clients that ask for embeddings, and servers that make them, by the bodies and paths of each vendor.
import { bedrockEmbeddings } from '../../../sidecar/dialect/bedrock-embeddings/bedrock-embeddings.ts'
import { cohereEmbeddings } from '../../../sidecar/dialect/cohere-embeddings/cohere-embeddings.ts'
import type { JsonObject } from '../../../sidecar/dialect/completion.ts'
import type { EmbeddingDialect } from '../../../sidecar/dialect/embeddings.ts'
import { geminiEmbeddings } from '../../../sidecar/dialect/gemini-embeddings/gemini-embeddings.ts'
import { openaiEmbeddings } from '../../../sidecar/dialect/openai-embeddings/openai-embeddings.ts'

export interface EmbeddingCaller {
  readonly name: string
  readonly dialect: EmbeddingDialect
  /** One text for each request. */
  readonly takesOne?: true
  path(model: string): string
  body(model: string, texts: readonly string[]): JsonObject
}

const single = (texts: readonly string[]) => texts[0] ?? ''

export const embeddingCallers: readonly EmbeddingCaller[] = [
  {
    name: 'OpenAI, numbers',
    dialect: openaiEmbeddings,
    path: () => '/v1/embeddings',
    body: (model, input) => ({ model, input, encoding_format: 'float' }),
  },
  {
    name: 'OpenAI, base64',
    dialect: openaiEmbeddings,
    path: () => '/v1/embeddings',
    body: (model, input) => ({ model, input, encoding_format: 'base64' }),
  },
  {
    name: 'Azure OpenAI',
    dialect: openaiEmbeddings,
    path: model => `/openai/deployments/${model}/embeddings?api-version=2024-10-21`,
    body: (_model, input) => ({ input }),
  },
  {
    name: 'Gemini, one text',
    dialect: geminiEmbeddings,
    takesOne: true,
    path: model => `/v1beta/models/${model}:embedContent`,
    body: (_model, texts) => ({ content: { parts: [{ text: single(texts) }] } }),
  },
  {
    name: 'Gemini, a batch',
    dialect: geminiEmbeddings,
    path: model => `/v1beta/models/${model}:batchEmbedContents`,
    body: (model, texts) => ({
      requests: texts.map(text => ({ model: `models/${model}`, content: { parts: [{ text }] } })),
    }),
  },
  {
    name: 'Bedrock, as Titan',
    dialect: bedrockEmbeddings,
    takesOne: true,
    path: model => `/model/${model}/invoke`,
    body: (_model, texts) => ({ inputText: single(texts) }),
  },
  {
    name: 'Bedrock, as Cohere',
    dialect: bedrockEmbeddings,
    path: model => `/model/${model}/invoke`,
    body: (_model, texts) => ({ texts, input_type: 'search_document' }),
  },
  {
    name: 'Cohere',
    dialect: cohereEmbeddings,
    path: () => '/v2/embed',
    body: (model, texts) => ({ model, texts, input_type: 'search_document', embedding_types: ['float'] }),
  },
]

export interface EmbeddingServer {
  /** Of the route. */
  readonly name: string
  /** Of the provider in the policy. */
  readonly provider: string
  readonly dialect: EmbeddingDialect
  readonly model: string
  readonly takesOne?: true
}

export const embeddingServers: readonly EmbeddingServer[] = [
  { name: 'openai', provider: 'openai', dialect: openaiEmbeddings, model: 'text-embedding-3-small' },
  { name: 'azure', provider: 'azure-dated', dialect: openaiEmbeddings, model: 'text-embedding-3-small' },
  { name: 'gemini', provider: 'gemini', dialect: geminiEmbeddings, model: 'gemini-embedding-001' },
  {
    name: 'bedrock-titan',
    provider: 'bedrock',
    dialect: bedrockEmbeddings,
    model: 'amazon.titan-embed-text-v2:0',
    takesOne: true,
  },
  {
    name: 'bedrock-cohere',
    provider: 'bedrock',
    dialect: bedrockEmbeddings,
    model: 'cohere.embed-english-v3',
  },
  { name: 'cohere', provider: 'cohere', dialect: cohereEmbeddings, model: 'embed-v4.0' },
]
