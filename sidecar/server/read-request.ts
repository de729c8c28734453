// From a body and its headers to the request that the policy room matches and the chain walks.
import { parseDuration } from '../../crds/resources/durations.ts'
import type { CallerRequest, Preparation } from '../chain/ports.ts'
import { readBodyFacts } from '../dialect/body-facts.ts'
import { contentDigest } from '../dialect/content-digest.ts'
import type { Dialect } from '../dialect/dialect.ts'
import { type ParsedBody, parseBody } from '../dialect/parse-body.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import { prepareCall } from '../dialect/translate.ts'
import { Confidential } from '../failure/confidential.ts'
import type { Exchange } from './exchange.ts'
import type { Surface } from './surfaces.ts'

export interface ReadRequest {
  readonly caller: CallerRequest
  /** The caller of a stream asked to see its usage. */
  readonly wantsUsage: boolean
}

/** @throws RequestRejected 400 naming what is wrong: the body, `model`, or one of our request headers. */
export function readRequest(
  exchange: Exchange,
  what: { surface: Surface; dialect: Dialect; bytes: Buffer; wallTime: () => number },
): ReadRequest {
  const { surface, dialect, bytes, wallTime } = what
  const body = parseBody(bytes)
  const stream = surface.endpoint === 'completion' && dialect.wantsStream(body.head)
  const deadlineMs = readDeadline(exchange.header(deadlineHeader))
  const credential = readCredential(exchange)
  const decoded = once(() => dialect.decodeRequest(body.json))
  const digest = once(() =>
    contentDigest({ parsed: body, format: dialect.format, extra: [surface.endpoint] }),
  )
  const header = (name: string) => exchange.header(name)
  const caller: CallerRequest = {
    id: exchange.id,
    format: dialect.format,
    operation: 'Chat',
    endpoint: surface.endpoint,
    model: readModel(body),
    stream,
    facts: readBodyFacts(dialect, body),
    bodyBytes: bytes.length,
    header,
    fallbackOff: readSwitch(exchange.header(switchHeader)),
    ...(deadlineMs !== undefined && { deadlineMs }),
    ...(credential !== undefined && { credential }),
    signal: exchange.signal,
    prepare: (provider, target) =>
      prepare({
        caller: dialect,
        body,
        stream,
        endpoint: surface.endpoint,
        inboundHeaders: header,
        provider,
        target,
        decoded,
        wallTime,
      }),
    contentDigest: digest,
  }
  return { caller, wantsUsage: dialect.wantsUsage(body.head) }
}

/** Only a translation reads the whole request, so only it finds out that one is not valid in its own dialect. */
function prepare(call: Parameters<typeof prepareCall>[0]): Preparation {
  try {
    return prepareCall(call)
  } catch (error) {
    if (error instanceof RequestRejected) return { kind: 'malformed', rejection: error }
    throw error
  }
}

const deadlineHeader = 'x-llm-fallback-deadline'
const switchHeader = 'x-llm-fallback'
const wholeMilliseconds = /^[0-9]{1,9}$/

function readModel({ head }: ParsedBody): string {
  const { model } = head
  if (typeof model === 'string' && model !== '') return model
  throw new RequestRejected(400, 'bad_request', 'model is missing or not a string', 'model')
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

/** Old and new SDKs of the same vendor disagree about the header, so every usual one is read. */
function readCredential(exchange: Exchange): Confidential | undefined {
  const token = bearer.exec(exchange.header('authorization') ?? '')?.[1]
  const key = token ?? exchange.header('x-api-key') ?? exchange.header('api-key')
  return key === undefined || key === '' ? undefined : new Confidential(key)
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
