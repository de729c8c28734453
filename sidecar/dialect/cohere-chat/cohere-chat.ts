// Cohere's second chat API: https://docs.cohere.com/reference/chat
import type { Dialect } from '../dialect.ts'
import { isFilled, memberOf, parseLeniently, textIn } from '../json-value.ts'
import { habits, marks, models, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { CohereStreamDecoder } from './decode-stream.ts'
import { editRequest } from './edit-request.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { CohereStreamEncoder } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'

export const cohereChat: Dialect = {
  format: 'cohere-chat',
  provider: 'Cohere',
  surfaces,
  habits,
  marks,
  models,
  unserved,
  // The client in Go takes a comment for an answer that is no JSON.
  acceptsComments: false,
  parameterNames: {
    tools: 'tools',
    toolChoice: 'tool_choice',
    maxOutputTokens: 'max_tokens',
    temperature: 'temperature',
    topP: 'p',
    topK: 'k',
    stop: 'stop_sequences',
    seed: 'seed',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    logprobs: 'logprobs',
    responseFormat: 'response_format',
    reasoning: 'thinking',
  },
  contentNames: {
    'messages.reasoning': 'messages.content.thinking',
    'messages.content.image': 'messages.content.image_url',
    'messages.content.detail': 'messages.content.image_url.detail',
    'tools.strict': 'strict_tools',
  },
  readModel: body => textIn(body.model),
  decodeRequest,
  encodeReply,
  encodeStream: options => new CohereStreamEncoder(options),
  encodeError,
  readFacts,
  wantsStream: body => body.stream === true,
  framing: () => 'sse',
  wantsUsage: () => true,
  hasStopSequences: body => isFilled(body.stop_sequences),
  editRequest,
  toolNames: /^[a-zA-Z_][a-zA-Z0-9_]*$/,
  encodeRequest,
  decodeReply,
  decodeStream: () => new CohereStreamDecoder(),
  // The vendor's older clients go by the event line, its newer ones by the type inside.
  nameEvent: data => textIn(memberOf(parseLeniently(data), 'type')),
}
