// What time asks of a stream. Pure: one look at a clock serves thousands of streams, without a timer for each.
import type { PushLimits } from './push-limits.ts'
import type { StreamSession } from './stream-session.ts'

export type DueAction = 'none' | 'beat' | 'expire' | 'rebalance' | 'cutSilent' | 'cutSlow'

export interface Moment {
  readonly now: number
  readonly wallTime: number
}

export function dueAction(session: StreamSession, moment: Moment, limits: PushLimits): DueAction {
  const { start, blockedSince } = session
  if (moment.wallTime >= start.expiresAt) return 'expire'
  if (blockedSince !== undefined && moment.now - blockedSince >= limits.slowReaderMs) return 'cutSlow'
  if (moment.now - session.heardAt >= limits.heartbeatMs * limits.silentHeartbeats) return 'cutSilent'
  if (moment.now >= start.rebalanceAt) return 'rebalance'
  const isQuiet = moment.now - session.wroteAt >= start.quietMs
  // A line more would only wait behind those that are not taken.
  return isQuiet && blockedSince === undefined ? 'beat' : 'none'
}
