// The clients of every vendor, as far as the wire shows them: where they ask, and how they read what comes.
import { anthropicMessages } from '../../../sidecar/dialect/anthropic-messages/anthropic-messages.ts'
import { bedrockConverse } from '../../../sidecar/dialect/bedrock-converse/bedrock-converse.ts'
import { bedrockInvoke } from '../../../sidecar/dialect/bedrock-invoke/bedrock-invoke.ts'
import { cohereChat } from '../../../sidecar/dialect/cohere-chat/cohere-chat.ts'
import type { Dialect, StreamFraming } from '../../../sidecar/dialect/dialect.ts'
import { geminiGenerate } from '../../../sidecar/dialect/gemini-generate/gemini-generate.ts'
import { openaiChat } from '../../../sidecar/dialect/openai-chat/openai-chat.ts'
import { openaiResponses } from '../../../sidecar/dialect/openai-responses/openai-responses.ts'

export interface Caller {
  readonly name: string
  readonly dialect: Dialect
  readonly framing: StreamFraming
  /** An error in a stream is an object outside of any event: the only form that the vendor's clients raise. */
  readonly writesErrorsBare?: true
  readonly headers?: Readonly<Record<string, string>>
  path(model: string, wish: { readonly stream: boolean }): string
}

export const callers: readonly Caller[] = [
  { name: 'OpenAI chat', dialect: openaiChat, framing: 'sse', path: () => '/v1/chat/completions' },
  { name: 'OpenAI Responses', dialect: openaiResponses, framing: 'sse', path: () => '/v1/responses' },
  {
    name: 'Anthropic',
    dialect: anthropicMessages,
    framing: 'sse',
    headers: { 'anthropic-version': '2023-06-01' },
    path: () => '/v1/messages',
  },
  {
    name: 'Gemini',
    dialect: geminiGenerate,
    framing: 'sse',
    writesErrorsBare: true,
    path: (model, { stream }) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  },
  {
    name: 'Gemini as a JSON array',
    dialect: geminiGenerate,
    framing: 'jsonArray',
    path: (model, { stream }) =>
      `/v1beta/models/${model}:${stream ? 'streamGenerateContent' : 'generateContent'}`,
  },
  {
    name: 'Azure OpenAI',
    dialect: openaiChat,
    framing: 'sse',
    headers: { 'api-key': 'a placeholder' },
    path: model => `/openai/deployments/${model}/chat/completions?api-version=2024-10-21`,
  },
  {
    name: 'Bedrock Converse',
    dialect: bedrockConverse,
    framing: 'awsEventStream',
    path: (model, { stream }) => `/model/${model}/${stream ? 'converse-stream' : 'converse'}`,
  },
  {
    name: 'Bedrock InvokeModel',
    dialect: bedrockInvoke,
    framing: 'awsEventStream',
    path: (model, { stream }) => `/model/${model}/${stream ? 'invoke-with-response-stream' : 'invoke'}`,
  },
  { name: 'Cohere', dialect: cohereChat, framing: 'sse', path: () => '/v2/chat' },
]
