// Amazon Bedrock InvokeModel: https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts'
import { marks } from '../bedrock-converse/caller-habits.ts'
import { encodeError, errorHeaders } from '../bedrock-converse/encode-error.ts'
import { asksForEmbeddings } from '../bedrock-embeddings/embedding-body.ts'
import type { CompletionReply, JsonObject } from '../completion.ts'
import type { DecodedReply, Dialect } from '../dialect.ts'
import { decodeRequest, editRequest, encodeRequest, fits, serviceHeaders } from './invoke-body.ts'
import { decodeStream, encodeStream } from './invoke-stream.ts'

export const bedrockInvoke: Dialect = {
  format: 'bedrock-invoke',
  provider: 'Bedrock',
  surfaces: [
    { path: '/model/{model}/invoke', endpoint: 'completion', stream: false },
    { path: '/model/{model}/invoke-with-response-stream', endpoint: 'completion', stream: true },
  ],
  habits: {
    requestIdHeader: 'x-amzn-requestid',
    answerIdPrefix: 'msg_bdrk_',
    // What is inside the frames. Anthropic's client for Java reads no stream without it.
    streamHeaders: { 'x-amzn-bedrock-content-type': 'application/json' },
    terminalMarker: '',
    forwardedHeaders: serviceHeaders,
    bookkeeping: new Set(['metadata']),
  },
  marks,
  acceptsComments: false,
  parameterNames: anthropicMessages.parameterNames,
  contentNames: anthropicMessages.contentNames,
  claims: (body, head) => !asksForEmbeddings(body, head.model),
  fits,
  readModel: (_body, head) => head.model,
  decodeRequest,
  encodeReply: reply => anthropicMessages.encodeReply(reply),
  encodeStream,
  encodeError,
  errorHeaders,
  readFacts: body => anthropicMessages.readFacts(body),
  wantsStream: (_body, head) => head.stream === true,
  framing: () => 'awsEventStream',
  // Usage is part of every answer here.
  wantsUsage: () => true,
  hasStopSequences: body => anthropicMessages.hasStopSequences(body),
  editRequest,
  encodeRequest,
  decodeReply,
  decodeStream,
}

function decodeReply(body: JsonObject): DecodedReply {
  if (body['type'] !== undefined || body['message'] !== undefined) return anthropicMessages.decodeReply(body)
  // A model of another vendor: its answer is passed on unread.
  const reply: CompletionReply = {
    id: '',
    model: '',
    choices: [{ content: [{ kind: 'other', itemKind: 'invoke' }], finish: 'stop', vendorFinish: null }],
  }
  return { kind: 'reply', reply }
}
