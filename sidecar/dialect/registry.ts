// The formats that callers may speak and the vendors that may be called. A new format is a folder and one line here; a
// new vendor a binding and one line here.
import type { DialectName } from '../../crds/vocabulary.ts'
import { anthropicMessages } from './anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from './bedrock-converse/bedrock-converse.ts'
import { bedrockEmbeddings } from './bedrock-embeddings/bedrock-embeddings.ts'
import { bedrockInvoke } from './bedrock-invoke/bedrock-invoke.ts'
import { anthropic } from './bindings/anthropic.ts'
import { azureOpenAi } from './bindings/azure-openai.ts'
import { bedrock } from './bindings/bedrock.ts'
import { cohere } from './bindings/cohere.ts'
import { gemini } from './bindings/gemini.ts'
import { openAi } from './bindings/openai.ts'
import { cohereChat } from './cohere-chat/cohere-chat.ts'
import { cohereEmbeddings } from './cohere-embeddings/cohere-embeddings.ts'
import type { CallerFormat, Dialect, EmbeddingFormat, WireFormat } from './dialect.ts'
import type { EmbeddingDialect } from './embeddings.ts'
import { geminiEmbeddings } from './gemini-embeddings/gemini-embeddings.ts'
import { geminiGenerate } from './gemini-generate/gemini-generate.ts'
import { openaiChat } from './openai-chat/openai-chat.ts'
import { openaiEmbeddings } from './openai-embeddings/openai-embeddings.ts'
import { openaiResponses } from './openai-responses/openai-responses.ts'
import type { ProviderBinding } from './provider-binding.ts'

/** Where two formats share a path the first that claims a request takes it. */
export const allDialects: readonly Dialect[] = [
  openaiChat,
  openaiResponses,
  anthropicMessages,
  geminiGenerate,
  bedrockConverse,
  bedrockInvoke,
  cohereChat,
]

export const allEmbeddingDialects: readonly EmbeddingDialect[] = [
  openaiEmbeddings,
  geminiEmbeddings,
  bedrockEmbeddings,
  cohereEmbeddings,
]

const bindings: Readonly<Record<DialectName, ProviderBinding>> = {
  OpenAI: openAi,
  AzureOpenAI: azureOpenAi,
  Anthropic: anthropic,
  Gemini: gemini,
  Bedrock: bedrock,
  Cohere: cohere,
}

export const allFormats: readonly CallerFormat[] = [...allDialects, ...allEmbeddingDialects]

const byFormat = new Map<WireFormat, Dialect>(allDialects.map(dialect => [dialect.format, dialect]))
const embeddingsByFormat = new Map<EmbeddingFormat, EmbeddingDialect>(
  allEmbeddingDialects.map(dialect => [dialect.format, dialect]),
)
export function dialectOf(format: WireFormat): Dialect {
  const dialect = byFormat.get(format)
  if (dialect === undefined) throw new Error(`no dialect is registered for ${format}`)
  return dialect
}

export function embeddingDialectOf(format: EmbeddingFormat): EmbeddingDialect {
  const dialect = embeddingsByFormat.get(format)
  if (dialect === undefined) throw new Error(`no dialect is registered for ${format}`)
  return dialect
}

/** How servers of a provider dialect are called. */
export function bindingOf(provider: DialectName): ProviderBinding {
  return bindings[provider]
}
