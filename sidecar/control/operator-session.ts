// One stream of the operator from connect to end: frames are taken in order, every one of them is checked, and silence
// ends it. What comes after the end is not this file's affair.
import { LineCollector } from '../../crds/snapshot/collect-lines.ts'
import {
  type HelloFrame,
  longestFrame,
  type PushedSecret,
  supportedProtocols,
  type TargetHealth,
} from '../../crds/snapshot/control-frames.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { Connect, ConnectionEnd, OperatorConnection } from './connection-port.ts'
import { healthLine } from './health-report.ts'
import type { StreamEndCause } from './operator-contact.ts'
import { parseFrame, type ReceivedFrame } from './parse-frame.ts'
import { ReportLines } from './report-lines.ts'
import type { SnapshotVerdict } from './take-snapshot.ts'

export interface SessionParts {
  readonly clock: Clock
  readonly connect: Connect
  /** A number from 0 up to but not including 1. */
  readonly random: () => number
  /** Digest of the live snapshot. */
  readonly live: () => string | undefined
  readonly takeSnapshot: (snapshot: unknown) => SnapshotVerdict
  readonly takeSecrets: (secrets: readonly PushedSecret[]) => void
  readonly health: () => readonly TargetHealth[]
  readonly listener: SessionListener
}

export interface SessionListener {
  /** The operator said hello. */
  opened(): void
  /** Something came. */
  heard(): void
  /** A snapshot came, good or bad: the stream does what it is for. */
  snapshotCame(): void
  /** Called once, last, and not after `stop`. */
  ended(end: SessionEnd): void
}

export interface SessionEnd {
  readonly cause: StreamEndCause
  /** One phrase for people; without content or keys. */
  readonly problem: string
  /** The operator named a time to come back. */
  readonly comeBackAfterMs?: number
}

/** Silence that ends a stream which has not said hello. */
const helloWithinMs = 30_000
/** Heartbeats that may be missed. */
const missedHeartbeats = 3
const shortestHeartbeatMs = 100
const longestHeartbeatMs = 5 * 60_000

export class OperatorSession {
  readonly #parts: SessionParts
  readonly #lines: LineCollector
  readonly #reports: ReportLines
  #connection: OperatorConnection | undefined
  #hello: HelloFrame | undefined
  #cancelSilence: Cancel | undefined
  #cancelHealth: Cancel | undefined
  #isOver = false

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#lines = new LineCollector(longestFrame, line => this.#takeLine(line))
    this.#reports = new ReportLines(line => this.#connection?.write(line) ?? false)
  }

  start(): void {
    this.#watchSilence()
    const live = this.#parts.live()
    this.#connection = this.#parts.connect(
      { live },
      {
        data: chunk => this.#received(chunk),
        hasRoom: () => this.#reports.flush(),
        ended: end => this.#connectionEnded(end),
      },
    )
  }

  /** Ends it without telling anybody. */
  stop(): void {
    this.#isOver = true
    this.#cancelSilence?.()
    this.#cancelHealth?.()
    this.#lines.stop()
    this.#connection?.close()
  }

  #received(chunk: Buffer): void {
    if (this.#isOver) return
    this.#watchSilence()
    if (this.#hello !== undefined) this.#parts.listener.heard()
    if (this.#lines.push(chunk)) return
    this.#end({ cause: 'broken', problem: `it sent a line of more than ${longestFrame} bytes` })
  }

  #takeLine(line: Buffer): void {
    const text = line.toString('utf8').trim()
    if (text !== '') this.#take(parseFrame(text))
  }

  #take(frame: ReceivedFrame): void {
    if (this.#isOver) return
    if (frame.kind === 'malformed') return this.#end({ cause: 'broken', problem: frame.problem })
    if (frame.kind === 'farewell') {
      const { reason, reconnectAfterMs } = frame
      return this.#end({ cause: 'farewell', problem: reason, comeBackAfterMs: reconnectAfterMs })
    }
    if (frame.kind === 'hello') return this.#greet(frame)
    if (this.#hello === undefined)
      return this.#end({ cause: 'broken', problem: 'it did not begin with a hello frame' })
    if (frame.kind === 'credentials') return this.#parts.takeSecrets(frame.secrets)
    if (frame.kind === 'snapshot') {
      const verdict = this.#parts.takeSnapshot(frame.snapshot)
      this.#parts.listener.snapshotCame()
      if (verdict.report !== undefined) this.#reports.tellVerdict(verdict.report)
    }
  }

  #greet(hello: HelloFrame): void {
    if (!supportedProtocols.includes(hello.protocol)) {
      return this.#end({ cause: 'broken', problem: `it speaks protocol ${hello.protocol}` })
    }
    if (this.#hello !== undefined)
      return this.#end({ cause: 'broken', problem: 'it said hello a second time' })
    const heartbeatMs = Math.min(Math.max(hello.heartbeatMs, shortestHeartbeatMs), longestHeartbeatMs)
    this.#hello = { ...hello, heartbeatMs }
    this.#watchSilence()
    // The first report at a random moment: a whole fleet may have connected just now.
    this.#scheduleHealth(heartbeatMs * this.#parts.random())
    this.#parts.listener.opened()
  }

  #watchSilence(): void {
    this.#cancelSilence?.()
    const heartbeatMs = this.#hello?.heartbeatMs
    const limitMs = heartbeatMs === undefined ? helloWithinMs : heartbeatMs * missedHeartbeats
    this.#cancelSilence = this.#parts.clock.schedule(limitMs, () =>
      this.#end({
        cause: 'silent',
        problem: `nothing was heard from it for ${Math.round(limitMs / 1000)} s`,
      }),
    )
  }

  #scheduleHealth(delayMs: number): void {
    this.#cancelHealth = this.#parts.clock.schedule(delayMs, () => {
      this.#scheduleHealth(this.#hello?.heartbeatMs ?? longestHeartbeatMs)
      this.#reports.tellHealth(healthLine(this.#parts.health()))
    })
  }

  #connectionEnded(end: ConnectionEnd): void {
    switch (end.kind) {
      case 'refused': {
        const words = end.reason === '' ? '' : `: ${end.reason}`
        const problem = `it refused the stream with status ${end.status}${words}`
        const { retryAfterMs } = end
        return this.#end({
          cause: 'refused',
          problem,
          ...(retryAfterMs !== undefined && { comeBackAfterMs: retryAfterMs }),
        })
      }
      case 'finished':
        return this.#end({ cause: 'broken', problem: 'it ended the stream without a farewell' })
      case 'failed':
        return this.#end({
          cause: this.#hello === undefined ? 'unreachable' : 'broken',
          problem: end.problem,
        })
    }
  }

  #end(end: SessionEnd): void {
    if (this.#isOver) return
    this.stop()
    this.#parts.listener.ended(end)
  }
}
