// The vendors' Go clients, in one program that this test builds.
import type { Caller, Exceptions } from './support/caller.ts'
import type { VendorName } from './support/every-vendor.ts'
import { prepareGoClients, reasonToSkip, startGoClient } from './support/go-clients.ts'
import { playScenes } from './support/play-scenes.ts'

interface GoCaller extends Omit<Caller, 'name' | 'connect' | 'finish'> {
  readonly script: string
  readonly home: VendorName
  readonly finish: readonly [stop: string, toolCalls: string]
}

/** A client with one type for every error; `broken` is the stream's own. */
function always(name: string, broken: string): Exceptions {
  return { overloaded: name, rateLimited: name, tooLong: name, unknownModel: name, broken }
}

const openAi = { raises: always('openai.Error', 'ssestream.StreamError'), triesOnOverload: 3 }
const anthropic: Pick<GoCaller, 'home' | 'finish' | 'raises' | 'triesOnOverload'> = {
  home: 'anthropic',
  finish: ['end_turn', 'tool_use'],
  raises: {
    overloaded: 'anthropic.Error overloaded_error',
    rateLimited: 'anthropic.Error rate_limit_error',
    tooLong: 'anthropic.Error invalid_request_error',
    unknownModel: 'anthropic.Error not_found_error',
    broken: 'anthropic.Error api_error',
  },
  triesOnOverload: 3,
}
const gemini: Pick<GoCaller, 'home' | 'finish' | 'raises'> = {
  home: 'gemini',
  finish: ['STOP', 'STOP'],
  raises: {
    overloaded: 'genai.APIError UNAVAILABLE',
    rateLimited: 'genai.APIError RESOURCE_EXHAUSTED',
    tooLong: 'genai.APIError INVALID_ARGUMENT',
    unknownModel: 'genai.APIError NOT_FOUND',
    broken: 'genai.APIError UNAVAILABLE',
  },
}
const bedrock: Pick<GoCaller, 'home' | 'finish' | 'raises' | 'triesOnOverload'> = {
  home: 'bedrock',
  finish: ['end_turn', 'tool_use'],
  raises: {
    overloaded: 'types.ServiceUnavailableException',
    rateLimited: 'types.ThrottlingException',
    tooLong: 'types.ValidationException',
    unknownModel: 'types.ResourceNotFoundException',
    broken: 'types.InternalServerException',
  },
  triesOnOverload: 3,
}

const callers: readonly GoCaller[] = [
  { script: 'openai_chat', home: 'openai', finish: ['stop', 'tool_calls'], ...openAi },
  { script: 'openai_responses', home: 'openai', finish: ['completed', 'completed'], ...openAi },
  { script: 'azure_chat', home: 'azure', finish: ['stop', 'tool_calls'], ...openAi },
  {
    script: 'go_openai',
    home: 'openai',
    finish: ['stop', 'tool_calls'],
    raises: always('openai.APIError', 'openai.APIError'),
    triesOnOverload: 1,
  },
  { script: 'anthropic_messages', ...anthropic },
  { script: 'anthropic_beta', ...anthropic },
  {
    script: 'anthropic_bedrock',
    ...anthropic,
    home: 'bedrock',
    // Bedrock's errors name no type that this client knows.
    raises: always('anthropic.Error', 'anthropic.Error internalServerException'),
  },
  { script: 'genai', ...gemini, triesOnOverload: 3 },
  { script: 'bedrock_converse', ...bedrock },
  { script: 'bedrock_invoke', ...bedrock },
  {
    script: 'cohere_chat',
    home: 'cohere',
    finish: ['COMPLETE', 'TOOL_CALL'],
    raises: {
      overloaded: 'api.ServiceUnavailableError',
      rateLimited: 'api.TooManyRequestsError',
      tooLong: 'api.BadRequestError',
      unknownModel: 'api.NotFoundError',
    },
    triesOnOverload: 2,
  },
]

const skip = await reasonToSkip()

for (const { script, home, finish, ...caller } of callers) {
  const [stop, toolCalls] = finish
  const connect = (url: string) => startGoClient(script, url)
  const named = { skip, name: `go, ${script}`, finish: { stop, toolCalls }, prepare: prepareGoClients }
  playScenes({ ...caller, ...named, connect }, home)
}
