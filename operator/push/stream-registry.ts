// All open streams of this replica: who has one, what each ought to run, and when each ends.
import type { Writable } from 'node:stream'
import type { FarewellFrame } from '../../crds/snapshot/control-frames.ts'
import { assertNever } from '../../crds/vocabulary.ts'
import type { Assignment, Clock, NamespacePlan, Publisher } from '../reconcile/ports.ts'
import type { Custody } from './custody.ts'
import { type DueAction, dueAction } from './due-action.ts'
import type { LocalFleet } from './local-fleet.ts'
import type { CloseReason, ReportPushEvent } from './push-events.ts'
import type { PushLimits } from './push-limits.ts'
import { reconnectAfterMs } from './reconnect-after.ts'
import { type SessionStart, StreamSession } from './stream-session.ts'

export interface RegistryParts {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly limits: PushLimits
  readonly fleet: LocalFleet
  /** Whether the pod of a stream may hold keys. */
  readonly custody: (start: SessionStart) => Custody
  readonly report: ReportPushEvent
}

/** Who opens a stream, after everything about it has been checked. */
export type Newcomer = Pick<
  SessionStart,
  'namespace' | 'pod' | 'uid' | 'version' | 'live' | 'rejected' | 'expiresAt'
>

/** How many streams are written to before other work gets its turn. */
const streamsPerTurn = 200

export class StreamRegistry implements Publisher {
  readonly #parts: RegistryParts
  readonly #sessions = new Set<StreamSession>()
  readonly #byPod = new Map<string, StreamSession>()
  readonly #plans = new Map<string, ReadonlyMap<string, Assignment>>()
  /** Streams whose assignment may be newer than what they were sent. */
  readonly #toPush = new Set<StreamSession>()
  /** Streams that were told farewell and whose socket is still there; with the time at which it is cut. */
  readonly #leaving = new Map<StreamSession, number>()
  #isPushing = false
  #bytesPushed = 0
  #snapshotsPushed = 0

  constructor(parts: RegistryParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#sessions.size
  }

  /** Streams whose sockets are not closed yet although they have ended. */
  get leaving(): number {
    return this.#leaving.size
  }

  get pushed(): { readonly snapshots: number; readonly bytes: number } {
    return { snapshots: this.#snapshotsPushed, bytes: this.#bytesPushed }
  }

  /** Whether it is open; one that was told farewell is not. */
  has(session: StreamSession): boolean {
    return this.#sessions.has(session)
  }

  open(newcomer: Newcomer, writable: Writable): StreamSession {
    const { clock, random, limits } = this.#parts
    const before = this.#byPod.get(newcomer.uid)
    if (before !== undefined) this.#part(before, 'replaced')
    const now = clock.now()
    const life = limits.shortestLifeMs + random() * (limits.longestLifeMs - limits.shortestLifeMs)
    const session = new StreamSession(
      {
        ...newcomer,
        connectedAt: clock.wallTime(),
        rebalanceAt: now + life,
        now,
        quietMs: limits.heartbeatMs * (0.7 + 0.3 * random()),
      },
      writable,
    )
    this.#enter(session, writable)
    session.greet(limits.heartbeatMs, now)
    session.assign(this.#plans.get(newcomer.namespace)?.get(newcomer.uid))
    this.#push(session)
    return session
  }

  publish(plan: NamespacePlan): void {
    const before = this.#plans.get(plan.namespace)
    if (plan.assignments.size === 0) this.#plans.delete(plan.namespace)
    else this.#plans.set(plan.namespace, plan.assignments)
    for (const uid of before?.keys() ?? []) this.#assign(uid, plan)
    for (const uid of plan.assignments.keys()) this.#assign(uid, plan)
    this.#pushSoon()
  }

  /** To be called about every second. */
  look(): void {
    const { clock, limits } = this.#parts
    const moment = { now: clock.now(), wallTime: clock.wallTime() }
    for (const session of [...this.#sessions]) this.#act(session, dueAction(session, moment, limits))
    for (const [session, cutAt] of this.#leaving) if (cutAt <= moment.now) session.cut()
  }

  /** Its sidecar sent what is no report. */
  cutGarbled(session: StreamSession, problem: string): void {
    this.#forget(session, 'garbled', problem)
    session.cut()
  }

  /** Whether the pod may hold keys has changed: keys that it may hold no longer are withdrawn before anything else is done. */
  judgeAgain(uid: string): void {
    const session = this.#byPod.get(uid)
    if (session !== undefined) this.#push(session)
  }

  /** The pod was deleted, or all its containers have ended. */
  podGone(uid: string): void {
    const session = this.#byPod.get(uid)
    if (session !== undefined) this.#part(session, 'podGone')
    this.#parts.fleet.remove(uid)
  }

  /** Tells every sidecar to go elsewhere. */
  drain(): void {
    const streams = this.#sessions.size
    for (const session of [...this.#sessions]) this.#part(session, 'draining', streams)
  }

  cutAll(): void {
    for (const session of this.#leaving.keys()) session.cut()
  }

  #assign(uid: string, plan: NamespacePlan): void {
    const session = this.#byPod.get(uid)
    if (session === undefined || session.start.namespace !== plan.namespace) return
    session.assign(plan.assignments.get(uid))
    this.#toPush.add(session)
  }

  #enter(session: StreamSession, writable: Writable): void {
    this.#sessions.add(session)
    this.#byPod.set(session.start.uid, session)
    writable.on('drain', () => {
      session.unblock()
      if (this.#sessions.has(session)) this.#push(session)
    })
    writable.on('error', () => session.cut())
    writable.once('close', () => {
      this.#leaving.delete(session)
      this.#forget(session, 'hungUp')
    })
    const { namespace, pod, version } = session.start
    this.#parts.report({ kind: 'streamOpened', namespace, pod, version })
    this.#parts.fleet.put(session.state)
  }

  #act(session: StreamSession, action: DueAction): void {
    switch (action) {
      case 'none':
        return
      case 'beat':
        return session.beat(this.#parts.clock.now())
      case 'expire':
        return this.#part(session, 'tokenExpired')
      case 'rebalance':
        return this.#part(session, 'rebalance')
      case 'cutSilent':
        return this.#cut(session, 'silent')
      case 'cutSlow':
        return this.#cut(session, 'slowReader')
      default:
        return assertNever(action)
    }
  }

  #part(session: StreamSession, reason: FarewellFrame['reason'], streams = 1): void {
    const { clock, random, limits } = this.#parts
    const after = reconnectAfterMs(reason, streams / limits.admissionsPerSecond, random())
    this.#leaving.set(session, clock.now() + limits.farewellMs)
    this.#forget(session, reason)
    session.farewell(reason, after, clock.now())
  }

  #cut(session: StreamSession, reason: CloseReason): void {
    this.#forget(session, reason)
    session.cut()
  }

  #forget(session: StreamSession, reason: CloseReason, problem?: string): void {
    const { uid, namespace, pod } = session.start
    if (!this.#sessions.delete(session)) return
    this.#toPush.delete(session)
    if (this.#byPod.get(uid) === session) {
      this.#byPod.delete(uid)
      this.#parts.fleet.leave(uid)
    }
    const why = problem === undefined ? { reason } : { reason, problem }
    this.#parts.report({ kind: 'streamClosed', namespace, pod, ...why })
  }

  #pushSoon(): void {
    if (this.#isPushing || this.#toPush.size === 0) return
    this.#isPushing = true
    setImmediate(() => {
      this.#isPushing = false
      let turns = streamsPerTurn
      for (const session of this.#toPush) {
        if (turns === 0) break
        turns -= 1
        this.#toPush.delete(session)
        this.#push(session)
      }
      this.#pushSoon()
    })
  }

  #push(session: StreamSession): void {
    const pushed = session.push(this.#parts.clock.now(), this.#parts.custody(session.start))
    this.#bytesPushed += pushed.bytes
    const { namespace, pod } = session.start
    if (pushed.withheld !== undefined) {
      this.#parts.report({ kind: 'credentialsWithheld', namespace, pod, reason: pushed.withheld })
    }
    if (pushed.snapshot === undefined) return
    this.#snapshotsPushed += 1
    this.#parts.report({ kind: 'snapshotSent', ...pushed.snapshot, namespace, pod })
  }
}
