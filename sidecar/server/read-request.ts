// From a body and its headers to the request that the policy room matches and the chain walks.
import { parseDuration } from '../../crds/resources/durations.ts'
import type { CallerRequest } from '../chain/ports.ts'
import { readBodyFacts } from '../dialect/body-facts.ts'
import { contentDigest } from '../dialect/content-digest.ts'
import type { RequestHead } from '../dialect/dialect.ts'
import { type ParsedBody, parseBody } from '../dialect/parse-body.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import { Confidential } from '../failure/confidential.ts'
import type { CallerVoice } from './caller-voice.ts'
import type { Exchange } from './exchange.ts'
import { once } from './once.ts'
import { chooseSpoken, headOf, type SpokenRequest, speak } from './spoken-request.ts'
import type { FoundSurface } from './surfaces.ts'

export interface ReadRequest {
  readonly caller: CallerRequest
  readonly voice: CallerVoice
}

export interface RequestParts {
  readonly found: FoundSurface
  readonly bytes: Buffer
  readonly wallTime: () => number
}

/** @throws RequestRejected 400 naming what is wrong: the body, `model`, or one of our request headers. */
export function readRequest(exchange: Exchange, parts: RequestParts): ReadRequest {
  const { found, bytes, wallTime } = parts
  const body = parseBody(bytes)
  const model = readPathModel(found.model)
  const spoken = chooseSpoken(found, body, surface => headOf(exchange, surface, model))
  const { dialect, surface, head } = spoken
  const asked = readModel(spoken, body)
  const deadlineMs = readDeadline(exchange.header(deadlineHeader))
  const credential = readCredential(exchange, head)
  const { voice, stream, prepare } = speak(spoken, body, wallTime)
  const digest = once(() =>
    contentDigest({ parsed: body, caller: dialect, extra: [surface.endpoint, ...(model ? [model] : [])] }),
  )
  const caller: CallerRequest = {
    id: exchange.id,
    format: dialect.format,
    operation: surface.endpoint === 'embeddings' ? 'Embeddings' : 'Chat',
    endpoint: surface.endpoint,
    model: asked,
    stream,
    facts: readBodyFacts(dialect, body),
    bodyBytes: bytes.length,
    header: name => exchange.header(name),
    fallbackOff: readSwitch(exchange.header(switchHeader)),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(credential !== undefined && { credential }),
    signal: exchange.signal,
    prepare,
    contentDigest: digest,
  }
  return { caller, voice }
}

const deadlineHeader = 'x-llm-fallback-deadline'
const switchHeader = 'x-llm-fallback'
const wholeMilliseconds = /^[0-9]{1,9}$/

function readModel({ dialect, head }: SpokenRequest, { head: body }: ParsedBody): string {
  const model = dialect.readModel(body, head)
  if (model !== undefined && model !== '') return model
  throw new RequestRejected(400, 'bad_request', 'model is missing or not a string', 'model')
}

function readPathModel(encoded: string | undefined): string | undefined {
  if (encoded === undefined) return undefined
  try {
    return decodeURIComponent(encoded)
  } catch (cause) {
    const rejected = new RequestRejected(400, 'bad_request', 'the model in the path is malformed', 'model')
    rejected.cause = cause
    throw rejected
  }
}

/** Milliseconds of a duration (`5s`, `1h30m`) or of a whole number. */
function readDeadline(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const milliseconds = wholeMilliseconds.test(text) ? Number(text) : parseDuration(text)
  if (milliseconds !== undefined && milliseconds > 0) return milliseconds
  const message = `${deadlineHeader} must be a duration such as 5s or whole milliseconds, and more than zero`
  throw new RequestRejected(400, 'bad_request', message, deadlineHeader)
}

function readSwitch(text: string | undefined): boolean {
  if (text === undefined) return false
  if (text.toLowerCase() === 'off') return true
  throw new RequestRejected(400, 'bad_request', `${switchHeader} can only be off`, switchHeader)
}

const bearer = /^bearer +(\S+)$/i
const keyHeaders = ['x-api-key', 'api-key', 'x-goog-api-key'] as const

/** Old and new SDKs of the same vendor disagree about the header, so every usual one is read. */
function readCredential(exchange: Exchange, head: RequestHead): Confidential | undefined {
  const token = bearer.exec(exchange.header('authorization') ?? '')?.[1]
  const key = token ?? keyHeaders.map(name => exchange.header(name)).find(isFilled) ?? head.query('key')
  return isFilled(key) ? new Confidential(key) : undefined
}

function isFilled(text: string | undefined): text is string {
  return text !== undefined && text !== ''
}
