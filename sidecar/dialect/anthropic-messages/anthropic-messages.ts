// Anthropic Messages: https://docs.claude.com/en/api/messages
import type { Dialect } from '../dialect.ts'
import { isFilled, numberIn, textIn } from '../json-value.ts'
import { demandedHeaders, habits, marks, models, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeStream, nameEvent } from './decode-stream.ts'
import { editRequest } from './edit-request.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeStream } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'

export const anthropicMessages: Dialect = {
  format: 'anthropic-messages',
  provider: 'Anthropic',
  surfaces,
  unserved,
  habits,
  marks,
  models,
  acceptsComments: true,
  parameterNames: {
    tools: 'tools',
    toolChoice: 'tool_choice',
    parallelToolCalls: 'tool_choice.disable_parallel_tool_use',
    maxOutputTokens: 'max_tokens',
    temperature: 'temperature',
    topP: 'top_p',
    topK: 'top_k',
    stop: 'stop_sequences',
    responseFormat: 'output_config.format',
    reasoning: 'thinking',
    endUser: 'metadata.user_id',
    serviceTier: 'service_tier',
  },
  contentNames: {
    'messages.reasoning': 'messages.content.thinking',
    'messages.content.file': 'messages.content.document',
    'messages.content.audio': 'messages.content.audio',
  },
  readModel: (body, head) => head.model ?? textIn(body['model']),
  decodeRequest,
  encodeReply,
  encodeStream,
  encodeError,
  readFacts,
  wantsStream: body => body['stream'] === true,
  framing: () => 'sse',
  // Usage is part of every answer here.
  wantsUsage: () => true,
  hasStopSequences: body => isFilled(body['stop_sequences']),
  editRequest,
  demandedHeaders,
  toolNames: /^[a-zA-Z0-9_-]{1,128}$/,
  encodeRequest,
  decodeReply,
  decodeStream,
  readCount: body => numberIn(body['input_tokens']),
  nameEvent,
}
