// A caller that has closed its side of the connection. Some say by it that the request is complete and read on; most have
// gone, and their request must not be worked on. Both look alike until something is written to them.
import type { Socket } from 'node:net'
import type { Clock } from '../resilience/clock.ts'
import type { InboundResponse } from './inbound.ts'

/**
 * An answer that comes by then tells by itself whether anybody reads. Between the two soundings a machine that nobody reads on
 * has time to say so. Together they are well below the time in which an upstream call ends whose caller has gone.
 */
const soundAtMs = [20, 40]

interface Waiting {
  readonly request: { readonly complete: boolean }
  readonly response: InboundResponse
}

/**
 * Sounds a half-closed connection with interim answers, which every client skips. Who has gone refuses the first one, and
 * the second then breaks the connection, which aborts what was asked on it.
 */
export function soundHalfClosed(socket: Socket, waiting: readonly Waiting[], clock: Clock): void {
  const [first] = waiting
  // A request that broke off has been answered by the parser's refusal.
  if (first?.request.complete !== true || first.response.writableEnded) return
  if (first.response.headersSent) {
    // No interim answer fits into one that has begun, so that nothing would tell a reader from nobody in time.
    socket.end()
    return
  }
  const sound = () => {
    const isUnanswered = waiting[0] === first && !first.response.headersSent
    if (isUnanswered && socket.writable) first.response.writeContinue?.()
  }
  for (const delayMs of soundAtMs) clock.schedule(delayMs, sound)
}
