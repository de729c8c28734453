// Amazon Bedrock Converse: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
import type { Dialect } from '../dialect.ts'
import { isFilled, memberOf } from '../json-value.ts'
import { habits, marks, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest } from './decode-request.ts'
import { decodeStream } from './decode-stream.ts'
import { editRequest } from './edit-request.ts'
import { encodeError, errorHeaders } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { encodeStream } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'

export const bedrockConverse: Dialect = {
  format: 'bedrock-converse',
  provider: 'Bedrock',
  surfaces,
  unserved,
  habits,
  marks,
  acceptsComments: false,
  parameterNames: {
    tools: 'toolConfig.tools',
    toolChoice: 'toolConfig.toolChoice',
    maxOutputTokens: 'inferenceConfig.maxTokens',
    temperature: 'inferenceConfig.temperature',
    topP: 'inferenceConfig.topP',
    topK: 'additionalModelRequestFields.top_k',
    stop: 'inferenceConfig.stopSequences',
    responseFormat: 'outputConfig.textFormat',
    reasoning: 'additionalModelRequestFields.thinking',
    endUser: 'additionalModelRequestFields.metadata.user_id',
    serviceTier: 'serviceTier',
  },
  contentNames: {
    'messages.reasoning': 'messages.content.reasoningContent',
    'messages.content.file': 'messages.content.document',
    'messages.content.cache_control': 'messages.content.cachePoint',
    'messages.content.cache_control.ttl': 'messages.content.cachePoint.ttl',
    'messages.content.citations': 'messages.content.citationsContent.citations',
    'system.cache_control': 'system.cachePoint',
    'system.cache_control.ttl': 'system.cachePoint.ttl',
    'tools.cache_control': 'toolConfig.tools.cachePoint',
    'tools.cache_control.ttl': 'toolConfig.tools.cachePoint.ttl',
    'tools.strict': 'toolConfig.tools.toolSpec.strict',
  },
  readModel: (_body, head) => head.model,
  decodeRequest,
  encodeReply,
  encodeStream,
  encodeError,
  errorHeaders,
  readFacts,
  wantsStream: (_body, head) => head.stream === true,
  framing: () => 'awsEventStream',
  // Usage is part of every answer here.
  wantsUsage: () => true,
  hasStopSequences: body => isFilled(memberOf(body['inferenceConfig'], 'stopSequences')),
  editRequest,
  toolNames: /^[a-zA-Z0-9_-]{1,64}$/,
  encodeRequest,
  decodeReply,
  decodeStream,
}
