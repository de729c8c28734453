// Google's generateContent: https://ai.google.dev/api/generate-content, of AI Studio and of Vertex.
import type { Dialect } from '../dialect.ts'
import { isFilled, isJsonObject, numberIn } from '../json-value.ts'
import { habits, marks, models, surfaces, unserved } from './caller-habits.ts'
import { decodeReply } from './decode-reply.ts'
import { decodeRequest, modelOf } from './decode-request.ts'
import { GeminiStreamDecoder } from './decode-stream.ts'
import { editRequest } from './edit-request.ts'
import { encodeError } from './encode-error.ts'
import { encodeReply } from './encode-reply.ts'
import { encodeRequest } from './encode-request.ts'
import { GeminiStreamEncoder } from './encode-stream.ts'
import { readFacts } from './read-facts.ts'
import { member } from './spellings.ts'

export const geminiGenerate: Dialect = {
  format: 'gemini-generate',
  provider: 'Gemini',
  surfaces,
  unserved,
  habits,
  marks,
  models,
  // Clients before 2.0 take a comment for a broken chunk.
  acceptsComments: false,
  parameterNames: {
    tools: 'tools.functionDeclarations',
    toolChoice: 'toolConfig.functionCallingConfig',
    maxOutputTokens: 'generationConfig.maxOutputTokens',
    temperature: 'generationConfig.temperature',
    topP: 'generationConfig.topP',
    topK: 'generationConfig.topK',
    stop: 'generationConfig.stopSequences',
    seed: 'generationConfig.seed',
    frequencyPenalty: 'generationConfig.frequencyPenalty',
    presencePenalty: 'generationConfig.presencePenalty',
    choices: 'generationConfig.candidateCount',
    logprobs: 'generationConfig.responseLogprobs',
    responseFormat: 'generationConfig.responseSchema',
    reasoning: 'generationConfig.thinkingConfig',
    serviceTier: 'serviceTier',
  },
  contentNames: {
    'messages.reasoning': 'contents.parts.thought',
    'messages.role': 'systemInstruction',
    'messages.content.image': 'contents.parts.fileData',
    'messages.content.file': 'contents.parts.fileData',
    'messages.content.file.name': 'contents.parts.fileData.displayName',
    'messages.content.audio': 'contents.parts.inlineData',
    'messages.content.toolCall': 'contents.parts.functionCall',
    'messages.content.toolResult': 'contents.parts.functionResponse',
    'messages.content.is_error': 'contents.parts.functionResponse.response.error',
  },
  readModel: modelOf,
  decodeRequest,
  encodeReply,
  encodeStream: options => new GeminiStreamEncoder(options),
  encodeError,
  readFacts,
  wantsStream: (_body, head) => head.stream === true,
  framing: head => (head.query('alt') === 'sse' ? 'sse' : 'jsonArray'),
  // Usage is part of every answer here.
  wantsUsage: () => true,
  hasStopSequences(body) {
    const config = member(body, 'generationConfig')
    return isJsonObject(config) && isFilled(member(config, 'stopSequences'))
  },
  editRequest,
  toolNames: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/,
  encodeRequest,
  decodeReply,
  decodeStream: () => new GeminiStreamDecoder(),
  readCount: body => numberIn(body.totalTokens),
}
