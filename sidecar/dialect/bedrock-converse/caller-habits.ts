// What AWS' clients expect around a request.
import type { CallerHabits, ClientMarks, Surface, UnservedPath } from '../dialect.ts'

export const surfaces: readonly Surface[] = [
  { path: '/model/{model}/converse', endpoint: 'completion', stream: false },
  { path: '/model/{model}/converse-stream', endpoint: 'completion', stream: true },
]

export const unserved: readonly UnservedPath[] = [
  { path: /^\/model\/[^/]+\/count-tokens$/, name: 'counting tokens (Bedrock)' },
  {
    path: /^\/(?:model\/[^/]+\/invoke-with-bidirectional-stream|async-invoke|guardrail)(?:\/|$)/,
    name: 'this part of the Bedrock runtime',
  },
]

export const habits: CallerHabits = {
  requestIdHeader: 'x-amzn-requestid',
  answerIdPrefix: '',
  terminalMarker: '',
  forwardedHeaders: [],
  bookkeeping: new Set(['requestMetadata', 'serviceTier', 'performanceConfig']),
}

export const marks: ClientMarks = {
  headers: ['amz-sdk-invocation-id', 'x-amz-date'],
  path: /^\/model\//,
}
