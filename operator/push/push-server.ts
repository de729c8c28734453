// What sidecars connect to: their streams down, their reports up, and the fleet as all replicas see it.
import type { Server } from 'node:tls'
import type {
  Cancel,
  Change,
  Clock,
  FleetSummaryObject,
  FleetView,
  Leadership,
  NamespacePlan,
  ObjectClient,
  Ownership,
  PodFacts,
  Publisher,
  Reader,
  TokenReviewer,
} from '../reconcile/ports.ts'
import { shareConnections } from '../share-connections.ts'
import { AdmissionTurns } from './admission-turns.ts'
import { type AdmitParts, admitStream } from './admit-stream.ts'
import { custodyOf } from './custody.ts'
import { hearReport, type ReportParts } from './hear-report.ts'
import { closed, createListener, listenOn } from './listener.ts'
import { LocalFleet } from './local-fleet.ts'
import { PodMatcher } from './match-pod.ts'
import { MergedFleet } from './merged-fleet.ts'
import type { ReportPushEvent } from './push-events.ts'
import { defaultPushLimits, type PushLimits } from './push-limits.ts'
import type { Refusal } from './refusal.ts'
import { RemoteFleet } from './remote-fleet.ts'
import { ReviewGate } from './review-gate.ts'
import { followCertificate, type ServingCertificate, tlsOptions } from './serving-certificate.ts'
import type { StreamExchange } from './stream-exchange.ts'
import { StreamRegistry } from './stream-registry.ts'
import type { ReportListener } from './stream-reports.ts'
import type { StreamSession } from './stream-session.ts'
import { SummaryWriter } from './summary-writer.ts'
import { ConnectionTaker } from './take-connection.ts'

export interface PushParts {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random: () => number
  readonly certificate: ServingCertificate
  readonly reviewer: TokenReviewer
  readonly pods: Reader<PodFacts>
  /** ConfigMaps of the operator's namespace with the label `llmfallback.io/fleet: summary`. */
  readonly summaries: Reader<FleetSummaryObject>
  readonly objects: ObjectClient
  readonly ownership: Ownership
  readonly leadership: Leadership
  /** Names this process among the replicas; another one after each start. */
  readonly replica: string
  /** The operator's own. */
  readonly namespace: string
  readonly report: ReportPushEvent
  readonly limits?: Partial<PushLimits>
}

export interface PushServer extends Publisher {
  /** @returns the port that was bound; 0 asks for any. */
  listen(host: string, port: number): Promise<number>
  readonly fleet: {
    /** What has a stream here. */
    readonly local: FleetView
    /** What has a stream on any replica. */
    readonly merged: FleetView
  }
  stats(): PushStats
  /** Sends every sidecar elsewhere and closes; resolves within a few seconds. Nothing is served afterwards. */
  drain(): Promise<void>
}

export interface PushStats {
  readonly streams: number
  /** Token reviews under way or waiting. */
  readonly reviewsPending: number
  readonly snapshotsPushed: number
  /** Of credentials and snapshots, before encryption. */
  readonly bytesPushed: number
}

/** Makes the server; nothing is read, written or bound before `listen`. */
export function createPushServer(parts: PushParts): PushServer {
  return new RunningPushServer(parts)
}

const draining: Refusal = { status: 503, reason: 'draining', retryAfterMs: 1_000 }

class RunningPushServer implements PushServer {
  readonly fleet: { readonly local: LocalFleet; readonly merged: MergedFleet }
  readonly #parts: PushParts
  readonly #limits: PushLimits
  readonly #remote: RemoteFleet
  readonly #streams: StreamRegistry
  readonly #admit: AdmitParts
  readonly #reports: ReportParts
  readonly #writer: SummaryWriter
  readonly #server: Server
  readonly #connections: ConnectionTaker
  readonly #stops: Cancel[] = []
  #isDraining = false
  #cancelCut: Cancel = () => undefined

  constructor(parts: PushParts) {
    const limits = { ...defaultPushLimits, ...parts.limits }
    const { clock, random, report } = parts
    this.#parts = parts
    this.#limits = limits
    const local = new LocalFleet({ clock, ...limits })
    this.#remote = new RemoteFleet({ ...parts, staleMs: limits.summaryStaleMs })
    this.fleet = { local, merged: new MergedFleet(local, this.#remote) }
    this.#streams = new StreamRegistry({
      ...{ clock, random, limits, report },
      fleet: local,
      custody: start => custodyOf(parts.pods, start),
    })
    this.#reports = { clock, limits, streams: this.#streams, fleet: local, report }
    this.#writer = new SummaryWriter({ ...parts, limits, fleet: local })
    this.#admit = {
      clock,
      random,
      limits,
      turns: new AdmissionTurns({ clock, random, pods: parts.pods, ...limits }),
      gate: new ReviewGate(parts.reviewer, limits),
      matcher: new PodMatcher({ pods: parts.pods, clock, lagMs: limits.podCacheLagMs }),
      streams: this.#streams,
      fleet: this.fleet.merged,
    }
    this.#server = createListener(limits, socket => this.#connections.take(socket))
    const shares = shareConnections(this.#server, limits.mostSilentPerAddress)
    this.#connections = new ConnectionTaker({
      clock,
      ...limits,
      onHead: socket => shares.release(socket),
      onStream: exchange => {
        this.#openStream(exchange).catch(error => this.#fail(exchange, error))
      },
      onRefused: refusal => report({ kind: 'refused', ...refusal }),
    })
  }

  async listen(host: string, port: number): Promise<number> {
    const { certificate, pods, report } = this.#parts
    this.#server.setSecureContext(tlsOptions(certificate.current()))
    const bound = await listenOn(this.#server, host, port)
    this.#stops.push(
      followCertificate(this.#server, certificate, report),
      pods.onChange(change => this.#followPod(change)),
      this.#remote.start(),
      this.#writer.start(),
      this.#keepLooking(),
    )
    return bound
  }

  publish(plan: NamespacePlan): void {
    this.#streams.publish(plan)
  }

  stats(): PushStats {
    const { snapshots, bytes } = this.#streams.pushed
    return {
      streams: this.#streams.size,
      reviewsPending: this.#admit.gate.pending,
      snapshotsPushed: snapshots,
      bytesPushed: bytes,
    }
  }

  async drain(): Promise<void> {
    if (this.#isDraining) return
    this.#isDraining = true
    // What was written last stays: it speaks for the pods until they have found another replica.
    for (const stop of this.#stops) stop()
    this.#admit.matcher.stop()
    this.#streams.drain()
    // Not longer: a connection may be in the middle of a handshake that never ends.
    const late = new Promise<void>(resolve => {
      this.#cancelCut = this.#parts.clock.schedule(this.#limits.farewellMs, resolve)
    })
    await Promise.race([closed(this.#server), late])
    this.#cancelCut()
    this.#streams.cutAll()
    this.#connections.cutAll()
  }

  async #openStream(exchange: StreamExchange): Promise<void> {
    const hungUp = () => exchange.hungUp()
    const admission = await admitStream(this.#admit, exchange.headers, hungUp)
    if (hungUp()) return
    if (admission.kind === 'admitted' && !this.#isDraining) {
      exchange.accept()
      exchange.hear(this.#listenTo(this.#streams.open(admission.newcomer, exchange.writable)))
      return
    }
    const refusal = admission.kind === 'refused' ? admission.refusal : draining
    this.#parts.report({ kind: 'refused', ...refusal })
    exchange.refuse(refusal)
  }

  /** Lives as long as the stream, so it must not hold the request: the token is in it. */
  #listenTo(session: StreamSession): ReportListener {
    return {
      line: line => {
        try {
          hearReport(this.#reports, session, line)
        } catch (error) {
          // A mistake of ours about one report costs one stream, not all of them.
          this.#parts.report({ kind: 'failed', error })
          session.cut()
        }
      },
      broken: problem => this.#streams.cutGarbled(session, problem),
      ended: () => session.cut(),
    }
  }

  #fail(exchange: StreamExchange, error: unknown): void {
    this.#parts.report({ kind: 'failed', error })
    exchange.writable.destroy()
  }

  #followPod({ before, after }: Change<PodFacts>): void {
    if (before !== undefined && before.uid !== after?.uid) this.#streams.podGone(before.uid)
    if (after?.isFinished === true) this.#streams.podGone(after.uid)
    else if (after !== undefined && before?.unsound !== after.unsound) this.#streams.judgeAgain(after.uid)
  }

  /** One look at the clock for all streams. */
  #keepLooking(): Cancel {
    const { clock } = this.#parts
    const look = () => {
      cancel = clock.schedule(this.#limits.lookEveryMs, look)
      this.#streams.look()
      this.#connections.look()
      this.fleet.local.sweep()
      this.#remote.sweep()
    }
    let cancel = clock.schedule(this.#limits.lookEveryMs, look)
    return () => cancel()
  }
}
