// A sidecar as far as the operator can tell: the real session over the real wire, but it takes every snapshot unread and
// serves nobody. Reading five thousand snapshots in one process would measure this process, not the operator.
import { controlPaths } from '../../crds/snapshot/control-frames.ts'
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
  /** Wall time at which the verdict on each generation was taken. */
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

  /** Counts what comes down and notes when the operator has taken a verdict. */
  readonly #measured: Connect = (request, listener) => {
    const connection = this.#connect(request, {
      data: chunk => {
        this.bytes += chunk.length
        listener.data(chunk)
      },
      ended: end => listener.ended(end),
    })
    return {
      close: () => connection.close(),
      post: async (path, stream, body) => {
        const told = this.#live
        const status = await connection.post(path, stream, body)
        const isTaken = path === controlPaths.verdict && status >= 200 && status < 300
        if (isTaken && told !== undefined && !this.ackedAt.has(told.generation)) {
          this.ackedAt.set(told.generation, Date.now())
        }
        return status
      },
    }
  }

  #take(received: unknown): SnapshotVerdict {
    const snapshot = recordOf(received)
    const digest = textOf(snapshot['digest']) ?? ''
    const identity = textOf(recordsOf(snapshot['policies'])[0]?.['identity']) ?? ''
    this.#live = { digest, generation: Number(identity.split('@')[1] ?? 0) }
    return { kind: 'applied', report: { digest, verdict: 'Applied' } }
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
