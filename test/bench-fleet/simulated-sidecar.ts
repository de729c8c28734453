// A sidecar as far as the operator can tell: the real session over the real wire, but it takes every snapshot unread and
// serves nobody. Reading five thousand snapshots in one process would measure this process, not the operator.
import type { Connect } from '../../sidecar/control/connection-port.ts'
import { OperatorSession, type SessionEnd } from '../../sidecar/control/operator-session.ts'
import { reconnectDelay } from '../../sidecar/control/reconnect-delay.ts'
import type { SnapshotVerdict } from '../../sidecar/control/take-snapshot.ts'
import { systemClock } from '../../sidecar/resilience/clock.ts'
import { recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'

export class SimulatedSidecar {
  /** Says hello has come and the stream has not ended. */
  isOpen = false
  bytes = 0
  /** Wall time at which the verdict on each generation went up. */
  readonly ackedAt: Map<number, number> = new Map()
  readonly ends: string[] = []
  readonly #connect: Connect
  #session: OperatorSession | undefined
  #live: { readonly digest: string; readonly generation: number } | undefined
  #failures = 0

  constructor(connect: Connect) {
    this.#connect = connect
  }

  start(): void {
    this.#session = new OperatorSession({
      clock: systemClock,
      random: Math.random,
      connect: this.#measured,
      live: () => this.#live?.digest,
      takeSnapshot: received => this.#take(received),
      takeSecrets: () => undefined,
      health: () => [],
      listener: {
        opened: () => {
          this.isOpen = true
        },
        heard: () => undefined,
        snapshotCame: () => {
          this.#failures = 0
        },
        ended: end => this.#ended(end),
      },
    })
    this.#session.start()
  }

  stop(): void {
    this.#session?.stop()
  }

  /** Counts what comes down and notes when a verdict goes up. */
  readonly #measured: Connect = (request, listener) => {
    const connection = this.#connect(request, {
      data: chunk => {
        this.bytes += chunk.length
        listener.data(chunk)
      },
      hasRoom: () => listener.hasRoom(),
      ended: end => listener.ended(end),
    })
    return {
      close: () => connection.close(),
      write: line => {
        const isTaken = connection.write(line)
        if (isTaken && line.startsWith('{"kind":"verdict"')) this.#noteVerdict()
        return isTaken
      },
    }
  }

  #noteVerdict(): void {
    const generation = this.#live?.generation
    if (generation !== undefined && !this.ackedAt.has(generation)) this.ackedAt.set(generation, Date.now())
  }

  #take(received: unknown): SnapshotVerdict {
    const snapshot = recordOf(received)
    const digest = textOf(snapshot['digest']) ?? ''
    const identity = textOf(recordsOf(snapshot['policies'])[0]?.['identity']) ?? ''
    this.#live = { digest, generation: Number(identity.split('@')[1] ?? 0) }
    return { kind: 'applied', report: { kind: 'verdict', digest, verdict: 'Applied' } }
  }

  #ended(end: SessionEnd): void {
    this.isOpen = false
    this.ends.push(`${end.cause}: ${end.problem}`)
    const { comeBackAfterMs } = end
    if (comeBackAfterMs === undefined) this.#failures += 1
    const delayMs = reconnectDelay(
      comeBackAfterMs === undefined
        ? { kind: 'backoff', failures: this.#failures - 1 }
        : { kind: 'asked', afterMs: comeBackAfterMs },
      Math.random,
    )
    systemClock.schedule(delayMs, () => this.start())
  }
}
