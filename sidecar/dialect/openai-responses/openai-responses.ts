// OpenAI Responses: https://platform.openai.com/docs/api-reference/responses
import type { Dialect } from '../dialect.ts'
import { textIn } from '../json-value.ts'
import { habits, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { ResponsesStreamDecoder } from './decode-stream.ts'
import { editDrops, editRequest, editsContent } from './edit-request.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { ResponsesStreamEncoder } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'

export const openaiResponses: Dialect = {
  format: 'openai-responses',
  provider: 'OpenAI',
  surfaces,
  habits,
  unserved,
  acceptsComments: true,
  parameterNames: {
    tools: 'tools',
    toolChoice: 'tool_choice',
    parallelToolCalls: 'parallel_tool_calls',
    maxOutputTokens: 'max_output_tokens',
    temperature: 'temperature',
    topP: 'top_p',
    frequencyPenalty: 'frequency_penalty',
    presencePenalty: 'presence_penalty',
    logprobs: 'top_logprobs',
    responseFormat: 'text.format',
    reasoning: 'reasoning.effort',
    endUser: 'user',
    serviceTier: 'service_tier',
  },
  contentNames: {
    'messages.reasoning': 'input.reasoning',
    'messages.role': 'input.role',
    'messages.content.image': 'input.content.input_image',
    'messages.content.detail': 'input.content.input_image.detail',
    'messages.content.file': 'input.content.input_file',
    'messages.content.audio': 'input.content.input_audio',
    'messages.content.citations': 'input.content.annotations',
    'messages.content.cache_control': 'input.content.prompt_cache_breakpoint',
  },
  readModel: (body, head) => head.model ?? textIn(body.model),
  decodeRequest,
  encodeReply,
  encodeStream: options => new ResponsesStreamEncoder(options),
  encodeError,
  readFacts,
  wantsStream: body => body.stream === true,
  framing: () => 'sse',
  // Usage is part of every answer here.
  wantsUsage: () => true,
  // There are none in this format.
  hasStopSequences: () => false,
  editRequest,
  editDrops,
  editsContent,
  encodeRequest,
  decodeReply,
  decodeStream: () => new ResponsesStreamDecoder(),
}
