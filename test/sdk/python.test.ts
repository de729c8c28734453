// The vendors' Python clients, in a virtual environment that this test makes.
import type { Caller } from './support/caller.ts'
import type { VendorName } from './support/every-vendor.ts'
import { playScenes } from './support/play-scenes.ts'
import { startPythonClient } from './support/python-client.ts'
import { preparePython } from './support/python-environment.ts'

const openAiExceptions = {
  overloaded: 'InternalServerError',
  rateLimited: 'RateLimitError',
  tooLong: 'BadRequestError',
  unknownModel: 'NotFoundError',
  broken: 'APIError',
}

interface PythonCaller extends Omit<Caller, 'name' | 'connect'> {
  readonly script: string
  readonly home: VendorName
}

const callers: readonly PythonCaller[] = [
  {
    script: 'openai_chat',
    home: 'openai',
    finish: { stop: 'stop', toolCalls: 'tool_calls' },
    raises: openAiExceptions,
    triesOnOverload: 3,
  },
  {
    script: 'openai_responses',
    home: 'openai',
    finish: { stop: 'completed', toolCalls: 'completed' },
    raises: openAiExceptions,
    triesOnOverload: 3,
  },
  {
    script: 'anthropic_messages',
    home: 'anthropic',
    finish: { stop: 'end_turn', toolCalls: 'tool_use' },
    raises: {
      overloaded: 'ServiceUnavailableError',
      rateLimited: 'RateLimitError',
      tooLong: 'BadRequestError',
      unknownModel: 'NotFoundError',
    },
    triesOnOverload: 3,
  },
  {
    script: 'google_genai',
    home: 'gemini',
    finish: { stop: 'STOP', toolCalls: 'STOP' },
    raises: {
      overloaded: 'ServerError',
      rateLimited: 'ClientError',
      tooLong: 'ClientError',
      unknownModel: 'ClientError',
    },
    triesOnOverload: 1,
  },
  {
    script: 'boto3_converse',
    home: 'bedrock',
    finish: { stop: 'end_turn', toolCalls: 'tool_use' },
    raises: {
      overloaded: 'ServiceUnavailableException',
      rateLimited: 'ThrottlingException',
      tooLong: 'ValidationException',
      unknownModel: 'ResourceNotFoundException',
      broken: 'EventStreamError',
    },
    triesOnOverload: 3,
  },
  {
    script: 'cohere_chat',
    home: 'cohere',
    finish: { stop: 'COMPLETE', toolCalls: 'TOOL_CALL' },
    raises: {
      overloaded: 'ServiceUnavailableError',
      rateLimited: 'TooManyRequestsError',
      tooLong: 'BadRequestError',
      unknownModel: 'NotFoundError',
    },
    triesOnOverload: 3,
  },
]

for (const { script, home, ...caller } of callers) {
  const connect = (url: string) => startPythonClient(script, url)
  playScenes({ ...caller, name: `python, ${script}`, prepare: preparePython, connect }, home)
}
