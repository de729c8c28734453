// The path of a request: read, match, walk, write. What each stage may raise is in the room's README.
import { dialectOf } from '../dialect/registry.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { MatchResult, PolicyDoor } from '../policy/ports.ts'
import type { Exchange } from './exchange.ts'
import { failReply } from './fail-reply.ts'
import { PendingReply, type ReplyContext } from './pending-reply.ts'
import { readBody } from './read-body.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import type { Rejections } from './rejections.ts'
import type { HeaderRecord } from './response-headers.ts'
import type { Surface } from './surfaces.ts'
import { writeOutcome } from './write-reply.ts'

export interface CompletionDesk {
  readonly door: PolicyDoor
  readonly rejections: Rejections
  readonly maxBodyBytes: number
  readonly context: ReplyContext
}

/** Never rejects: whatever goes wrong is answered here. */
export async function handleCompletion(
  exchange: Exchange,
  surface: Surface,
  desk: CompletionDesk,
): Promise<void> {
  const dialect = dialectOf(surface.format)
  let read: ReadRequest | undefined
  let pending: PendingReply | undefined
  try {
    const bytes = await readBody(exchange.request, desk.maxBodyBytes)
    if (bytes === undefined) return desk.rejections.noteUnfinished(exchange, dialect)
    read = readRequest(exchange, { surface, dialect, bytes, wallTime: desk.context.clock.wallTime })
    const match = desk.door.match(read.caller)
    if (match.kind !== 'matched') throw unmatched(match)
    const { session } = match
    pending = new PendingReply({ exchange, dialect, session, ...read, context: desk.context })
    writeOutcome(pending, await session.walk())
  } catch (error) {
    if (pending !== undefined) return failReply(pending, error)
    const caller = read === undefined ? {} : { caller: read.caller }
    desk.rejections.reject(exchange, { error, shape: dialect, headers: retryHeaders(error), ...caller })
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
