// A complete answer of any status → a reply or a failure.
import type { DialectName } from '../../crds/vocabulary.ts'
import type { UpstreamAnswer, WholeVerdict } from '../chain/ports.ts'
import { classifyInBandError } from '../failure/classify-in-band.ts'
import { classifyResponse } from '../failure/classify-response.ts'
import type { Failure } from '../failure/failure.ts'
import type { CompletionReply, JsonObject } from './completion.ts'
import type { Dialect, Endpoint } from './dialect.ts'
import { isJsonObject, parseLeniently } from './json-value.ts'
import { type Expectation, judgeReply } from './judge-reply.ts'

export const notJson: Failure = {
  kind: 'InvalidResponse',
  detail: 'the answer is not a JSON object',
  status: 200,
}
const notACount: Failure = { kind: 'InvalidResponse', detail: 'the answer is not a token count', status: 200 }

/** Where an answer comes from and when. */
export interface AnswerOrigin {
  /** Whose table of errors judges it. */
  readonly provider: DialectName
  /** Milliseconds since 1970. */
  readonly wallTime?: () => number
}

export interface WholeReaderInput extends AnswerOrigin {
  readonly native: Dialect
  readonly endpoint: Endpoint
  readonly expectation: Expectation
}

export function readWholeAnswer(answer: UpstreamAnswer, input: WholeReaderInput): WholeVerdict {
  const { native } = input
  const failed = failureOfStatus(answer, input)
  if (failed !== undefined) return { kind: 'failed', failure: failed }
  const body = parseLeniently(answer.body.toString('utf8'))
  if (!isJsonObject(body)) return { kind: 'failed', failure: notJson }
  if (input.endpoint === 'countTokens') return readCount(body, input)
  const decoded = native.decodeReply(body)
  if (decoded.kind === 'failed') return decoded
  const { reply } = decoded
  const failure = judgeReply(reply, input.expectation)
  if (failure === undefined) return { kind: 'reply', completion: withTime(reply, input.wallTime) }
  return { kind: 'failed', failure, ...(reply.usage && { usage: reply.usage }) }
}

/** Why an answer without success failed; undefined for a 2xx, whose body decides. */
export function failureOfStatus(answer: UpstreamAnswer, origin: AnswerOrigin): Failure | undefined {
  if (answer.status >= 200 && answer.status <= 299) return undefined
  const wallTime = origin.wallTime?.()
  return classifyResponse({
    dialect: origin.provider,
    ...answer,
    ...(wallTime !== undefined && { wallTime }),
  })
}

/** A token count is no completion: its bytes go to the caller as they are. */
function readCount(body: JsonObject, { native, provider }: WholeReaderInput): WholeVerdict {
  if (native.readCount?.(body) !== undefined) return { kind: 'reply', completion: undefined }
  const failure = isJsonObject(body['error'])
    ? classifyInBandError({ dialect: provider, error: body['error'] })
    : notACount
  return { kind: 'failed', failure }
}

/** Not every vendor says when it answered; callers of one that does expect a time. */
function withTime(reply: CompletionReply, wallTime: (() => number) | undefined): CompletionReply {
  if (reply.created !== undefined || wallTime === undefined) return reply
  return { ...reply, created: Math.floor(wallTime() / 1000) }
}
