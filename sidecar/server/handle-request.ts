// The path of a request: read, match, walk, write. What each stage may raise is in the room's README.
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { MatchResult, PolicyDoor } from '../policy/ports.ts'
import type { Exchange } from './exchange.ts'
import { failReply } from './fail-reply.ts'
import { PendingReply, type ReplyContext } from './pending-reply.ts'
import { readBody } from './read-body.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import type { Rejections } from './rejections.ts'
import type { HeaderRecord } from './response-headers.ts'
import type { FoundSurface } from './surfaces.ts'
import { writeOutcome } from './write-reply.ts'

export interface RequestDesk {
  readonly door: PolicyDoor
  readonly rejections: Rejections
  readonly maxBodyBytes: number
  readonly context: ReplyContext
}

/** Never rejects: whatever goes wrong is answered here. */
export async function handleRequest(
  exchange: Exchange,
  found: FoundSurface,
  desk: RequestDesk,
): Promise<void> {
  // Formats that share a path share its errors; only the body tells more.
  const shape = found.spoken[0].dialect
  let read: ReadRequest | undefined
  let pending: PendingReply | undefined
  try {
    const bytes = await readBody(exchange, desk.maxBodyBytes)
    if (bytes === undefined) return desk.rejections.noteUnfinished(exchange, shape)
    read = readRequest(exchange, { found, bytes, wallTime: desk.context.clock.wallTime })
    const match = desk.door.match(read.caller)
    if (match.kind !== 'matched') throw unmatched(match)
    const { session } = match
    pending = new PendingReply({ exchange, session, ...read, context: desk.context })
    writeOutcome(pending, await session.walk())
  } catch (error) {
    if (pending !== undefined) return failReply(pending, error)
    const caller = read === undefined ? {} : { caller: read.caller }
    desk.rejections.reject(exchange, {
      error,
      shape: read?.voice.dialect ?? shape,
      headers: retryHeaders(error),
      ...caller,
    })
  }
}

const notReady = 'not_ready'

function unmatched(match: Exclude<MatchResult, { kind: 'matched' }>): RequestRejected {
  return match.kind === 'noRoute'
    ? new RequestRejected(404, 'no_route', 'no route of the live policy matches this request')
    : new RequestRejected(503, notReady, 'no policy is live yet')
}

/** A policy that is on its way is worth a second try; SDKs read this by themselves. */
function retryHeaders(error: unknown): HeaderRecord {
  return error instanceof RequestRejected && error.code === notReady ? { 'retry-after': '1' } : {}
}
