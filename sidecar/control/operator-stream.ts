// The operator as the source of policy: connects, takes what is pushed, and comes back whenever a stream ends. While the
// operator is away, what is live works on; before it was ever reached, what an earlier run kept does.
import type { PushedSecret, TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type { Cancel, Clock } from '../resilience/clock.ts'
import type { Connect } from './connection-port.ts'
import type { OperatorContact } from './operator-contact.ts'
import { OperatorSession, type SessionEnd } from './operator-session.ts'
import type { PolicySource, SnapshotSink } from './policy-source.ts'
import { type Comeback, reconnectDelay } from './reconnect-delay.ts'
import type { LastGood } from './state-file.ts'
import { type SnapshotVerdict, takeSnapshot } from './take-snapshot.ts'

export interface OperatorStreamParts {
  readonly clock: Clock
  readonly connect: Connect
  /** A number from 0 up to but not including 1. */
  readonly random: () => number
  readonly sink: SnapshotSink
  readonly lastGood: LastGood
  /** Digest of the live snapshot. */
  readonly live: () => string | undefined
  /** Replaces every key that came before. */
  readonly takeSecrets: (secrets: readonly PushedSecret[]) => void
  /** Keys belong to the snapshot that is live, and come with the operator's stream: calls may wait for them so long. */
  readonly expectSecrets: (withinMs: number) => void
  /** What this sidecar sees of its targets. */
  readonly health: () => readonly TargetHealth[]
  readonly contact: OperatorContact
  readonly listener: StreamListener
}

/** Who wants to know how the stream fares: the log. */
export interface StreamListener {
  connected(): void
  /** @param retryInMs when the next connect is due. */
  lost(end: SessionEnd, retryInMs: number): void
}

/** A stream that lasted this long was a good one: the next failure starts from the shortest delay. */
const healthyMs = 60_000
/** A stream opens within a quarter of a second where the operator is well. */
const keyPatienceMs = 2_000

export class OperatorStream implements PolicySource {
  readonly #parts: OperatorStreamParts
  #session: OperatorSession | undefined
  #cancelReconnect: Cancel | undefined
  #failures = 0
  #openedAt: number | undefined

  constructor(parts: OperatorStreamParts) {
    this.#parts = parts
  }

  /** Resolves at once: the operator is reached, or not, while the sidecar already serves what it has. */
  start(): Promise<void> {
    this.#offerKept()
    this.#connect()
    return Promise.resolve()
  }

  stop(): void {
    this.#cancelReconnect?.()
    this.#session?.stop()
  }

  #offerKept(): void {
    const { lastGood, sink, contact, expectSecrets } = this.#parts
    const kept = lastGood.load()
    if (kept.kind !== 'kept') return
    const result = sink.offer(kept.snapshot, ['the snapshot of an earlier run is live'])
    if (result.kind === 'refused') return
    contact.startedFrom(kept.savedAt)
    expectSecrets(keyPatienceMs)
  }

  #connect(): void {
    this.#openedAt = undefined
    const { clock, connect, random, live, takeSecrets, health, contact } = this.#parts
    this.#session = new OperatorSession({
      ...{ clock, connect, random, live, takeSecrets, health },
      takeSnapshot: received => this.#take(received),
      listener: {
        opened: () => this.#opened(),
        heard: () => contact.heard(),
        snapshotCame: () => this.#becameHealthy(),
        ended: end => this.#ended(end),
      },
    })
    this.#session.start()
  }

  #take(received: unknown): SnapshotVerdict {
    const { sink, lastGood, contact } = this.#parts
    const verdict = takeSnapshot(received, { sink, save: snapshot => lastGood.save(snapshot) })
    if (verdict.kind === 'applied') contact.replaced()
    if (verdict.kind === 'unchanged') contact.confirmed()
    return verdict
  }

  #opened(): void {
    this.#openedAt = this.#parts.clock.now()
    this.#parts.contact.connected()
    this.#parts.listener.connected()
  }

  #becameHealthy(): void {
    this.#failures = 0
  }

  #ended(end: SessionEnd): void {
    const { clock, random, contact, listener } = this.#parts
    if (this.#openedAt !== undefined && clock.now() - this.#openedAt >= healthyMs) this.#becameHealthy()
    const delayMs = reconnectDelay(this.#comebackFrom(end), random)
    contact.lost(end.cause, end.problem)
    listener.lost(end, delayMs)
    this.#cancelReconnect = clock.schedule(delayMs, () => this.#connect())
  }

  #comebackFrom({ comeBackAfterMs }: SessionEnd): Comeback {
    if (comeBackAfterMs !== undefined) return { kind: 'asked', afterMs: comeBackAfterMs }
    this.#failures += 1
    return { kind: 'backoff', failures: this.#failures - 1 }
  }
}
