import { ChatAnthropic } from '@langchain/anthropic'
import { ChatGoogleGenerativeAI } from '@langchain/google-genai'
import { AzureChatOpenAI, ChatOpenAI } from '@langchain/openai'
import { langChain } from './support/callers/langchain.ts'
import { playScenes } from './support/play-scenes.ts'

const apiKey = 'a placeholder'

const openAi = {
  finish: { stop: 'stop', toolCalls: 'tool_calls' },
  finishMember: 'finish_reason',
  raises: {
    overloaded: 'InternalServerError',
    rateLimited: 'RateLimitError',
    tooLong: 'ContextOverflowError',
    unknownModel: 'NotFoundError',
  },
  triesOnOverload: 2,
} as const

playScenes(
  langChain({
    ...openAi,
    name: '@langchain/openai',
    create: (url, options) => new ChatOpenAI({ apiKey, configuration: { baseURL: `${url}/v1` }, ...options }),
  }),
  'openai',
)

playScenes(
  langChain({
    ...openAi,
    name: '@langchain/openai, responses',
    finish: { stop: 'completed', toolCalls: 'completed' },
    finishMember: 'status',
    create: (url, options) =>
      new ChatOpenAI({
        apiKey,
        useResponsesApi: true,
        configuration: { baseURL: `${url}/v1` },
        ...options,
      }),
  }),
  'openai',
)

playScenes(
  langChain({
    ...openAi,
    name: '@langchain/openai, Azure',
    create: (url, { model, maxRetries }) =>
      new AzureChatOpenAI({
        azureOpenAIApiKey: apiKey,
        azureOpenAIApiVersion: '2024-10-21',
        azureOpenAIApiDeploymentName: model,
        azureOpenAIEndpoint: url,
        maxRetries,
      }),
  }),
  'azure',
)

playScenes(
  langChain({
    name: '@langchain/anthropic',
    finish: { stop: 'end_turn', toolCalls: 'tool_use' },
    finishMember: 'stop_reason',
    raises: {
      overloaded: 'InternalServerError',
      rateLimited: 'RateLimitError',
      tooLong: 'ContextOverflowError',
      unknownModel: 'NotFoundError',
    },
    triesOnOverload: 2,
    create: (url, options) => new ChatAnthropic({ apiKey, anthropicApiUrl: url, ...options }),
  }),
  'anthropic',
)

playScenes(
  langChain({
    name: '@langchain/google-genai',
    finish: { stop: 'STOP', toolCalls: 'STOP' },
    finishMember: 'finishReason',
    raises: {
      overloaded: 'GoogleGenerativeAIFetchError',
      rateLimited: 'GoogleGenerativeAIFetchError',
      tooLong: 'GoogleGenerativeAIFetchError',
      unknownModel: 'GoogleGenerativeAIFetchError',
    },
    triesOnOverload: 2,
    leavesRejections: true,
    create: (url, options) => new ChatGoogleGenerativeAI({ apiKey, baseUrl: url, ...options }),
  }),
  'gemini',
)
