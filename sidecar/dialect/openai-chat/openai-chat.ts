// OpenAI chat completions, as spoken by the vendor and by the many servers that imitate it.
import type { Dialect } from '../dialect.ts'
import { isFilled, memberOf, textIn } from '../json-value.ts'
import { habits, models, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { ChatStreamDecoder } from './decode-stream.ts'
import { editDrops, editRequest, editsContent } from './edit-request.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { ChatStreamEncoder } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'

export const openaiChat: Dialect = {
  format: 'openai-chat',
  provider: 'OpenAI',
  surfaces,
  habits,
  models,
  unserved,
  acceptsComments: true,
  parameterNames: {
    tools: 'tools',
    toolChoice: 'tool_choice',
    parallelToolCalls: 'parallel_tool_calls',
    maxOutputTokens: 'max_completion_tokens',
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
    stop: 'stop',
    seed: 'seed',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    choices: 'n',
    logprobs: 'logprobs',
    responseFormat: 'response_format',
    reasoning: 'reasoning_effort',
    endUser: 'user',
    serviceTier: 'service_tier',
  },
  contentNames: {
    'messages.reasoning': 'messages.reasoning_content',
    'messages.content.image': 'messages.content.image_url',
    'messages.content.audio': 'messages.content.input_audio',
    'messages.content.detail': 'messages.content.image_url.detail',
    'tools.strict': 'tools.function.strict',
  },
  readModel: (body, head) => head.model ?? textIn(body.model),
  decodeRequest,
  encodeReply,
  encodeStream: options => new ChatStreamEncoder(options),
  encodeError,
  readFacts,
  wantsStream: body => body.stream === true,
  framing: () => 'sse',
  wantsUsage: body => memberOf(body.stream_options, 'include_usage') === true,
  hasStopSequences: body => isFilled(body.stop),
  editRequest,
  editDrops,
  editsContent,
  toolNames: /^[a-zA-Z0-9_-]{1,64}$/,
  encodeRequest,
  decodeReply,
  decodeStream: () => new ChatStreamDecoder(),
}
