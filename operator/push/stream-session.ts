// One open stream: what it was sent, what its sidecar said, and its socket. Small, since there are thousands: no timers, no
// buffers of its own.
import type { Writable } from 'node:stream'
import {
  type ControlFrame,
  controlProtocol,
  type FarewellFrame,
  frameLine,
  type TargetHealth,
  type VerdictReport,
} from '../../crds/snapshot/control-frames.ts'
import type { Assignment, SidecarState } from '../reconcile/ports.ts'
import { type Custody, noCredentialsLine } from './custody.ts'
import {
  afterOffer,
  afterVerdict,
  afterWithdrawal,
  mustWithdraw,
  nextOffer,
  type Offers,
  openOffers,
} from './offers.ts'

const heartbeatLine = Buffer.from(frameLine({ kind: 'heartbeat' }))

/** Where a session stands when it begins. */
export interface SessionStart {
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly version: string
  readonly live: string | undefined
  /** The refusal that the stream before this one ended with. */
  readonly rejected: SidecarState['rejected']
  /** Wall time. */
  readonly connectedAt: number
  /** Wall time. */
  readonly expiresAt: number
  /** On the clock that only goes forward, like all below. */
  readonly rebalanceAt: number
  readonly now: number
  /** Between two lines at most: a little less than promised, and different for each stream so that they spread. */
  readonly quietMs: number
}

/** What was written by a push. */
export interface Pushed {
  readonly snapshot?: { readonly digest: string; readonly bytes: number }
  readonly bytes: number
  /** Why keys were withheld, the first time that they were. */
  readonly withheld?: string
}

const nothing: Pushed = { bytes: 0 }

export class StreamSession {
  readonly start: SessionStart
  readonly #writable: Writable
  #offers: Offers
  #targets: readonly TargetHealth[] = []
  #state: SidecarState
  /** What it ought to run: a newer one takes the place of one that could not be written yet. */
  #assignment: Assignment | undefined
  #blockedSince: number | undefined
  #wroteAt: number
  #heardAt: number
  #countedSince: number
  #reports = 0

  constructor(start: SessionStart, writable: Writable) {
    this.start = start
    this.#writable = writable
    this.#offers = openOffers(start.live, start.rejected)
    this.#wroteAt = start.now
    this.#heardAt = start.now
    this.#countedSince = start.now
    this.#state = this.#describe()
  }

  get state(): SidecarState {
    return this.#state
  }

  get blockedSince(): number | undefined {
    return this.#blockedSince
  }

  get wroteAt(): number {
    return this.#wroteAt
  }

  get heardAt(): number {
    return this.#heardAt
  }

  greet(heartbeatMs: number, now: number): void {
    this.#writeFrame({ kind: 'hello', protocol: controlProtocol, heartbeatMs }, now)
  }

  assign(assignment: Assignment | undefined): void {
    this.#assignment = assignment
  }

  /** Writes what its assignment still needs, or nothing while the other end does not take what it has. */
  push(now: number, custody: Custody): Pushed {
    if (this.#blockedSince !== undefined) return nothing
    // Whatever it is to run: keys that it got by an earlier stream are to go as well.
    if (custody.kind === 'withheld' && mustWithdraw(this.#offers)) {
      this.#offers = afterWithdrawal(this.#offers)
      this.#write(noCredentialsLine, now)
      const { bytes, ...rest } =
        this.#blockedSince === undefined ? this.#pushAssignment(now, custody) : nothing
      return { ...rest, bytes: bytes + noCredentialsLine.length, withheld: custody.reason }
    }
    return this.#pushAssignment(now, custody)
  }

  #pushAssignment(now: number, custody: Custody): Pushed {
    const assignment = this.#assignment
    if (assignment === undefined) return nothing
    const offer = nextOffer(this.#offers, assignment, custody.kind)
    this.#offers = afterOffer(this.#offers, assignment, offer)
    if (offer.credentials) this.#write(assignment.credentialsLine, now)
    const credentialBytes = offer.credentials ? assignment.credentialsLine.length : 0
    if (!offer.snapshot) return { bytes: credentialBytes }
    const bytes = assignment.snapshotLine.length
    this.#write(assignment.snapshotLine, now)
    return { snapshot: { digest: assignment.snapshot.digest, bytes }, bytes: bytes + credentialBytes }
  }

  /** The other end has taken everything. */
  unblock(): void {
    this.#blockedSince = undefined
  }

  beat(now: number): void {
    this.#write(heartbeatLine, now)
  }

  /** One more has come. @returns how many there were since this heartbeat began. */
  countReport(now: number, heartbeatMs: number): number {
    if (now - this.#countedSince >= heartbeatMs) {
      this.#countedSince = now
      this.#reports = 0
    }
    this.#reports += 1
    return this.#reports
  }

  /** False when the digest was never offered on this stream. */
  hearVerdict(report: VerdictReport, now: number): boolean {
    this.#heardAt = now
    const offers = afterVerdict(this.#offers, report)
    if (offers === undefined) return false
    this.#offers = offers
    this.#state = this.#describe()
    return true
  }

  /** It is there, whatever it said. */
  hear(now: number): void {
    this.#heardAt = now
  }

  /** Keeps what is said about providers that its pod was given; it can have seen no others. */
  hearHealth(targets: readonly TargetHealth[], now: number): void {
    const providers = this.#assignment?.snapshot.providers ?? {}
    this.#targets = targets.flatMap(target => {
      const known = Object.hasOwn(providers, target.provider) ? providers[target.provider] : undefined
      // The key of the snapshot, which all sessions share, instead of thousands of equal strings.
      return known === undefined ? [] : [{ ...target, provider: known.key }]
    })
    this.#heardAt = now
    this.#state = this.#describe()
  }

  farewell(reason: FarewellFrame['reason'], reconnectAfterMs: number, now: number): void {
    // A reader that is behind would not get to read it.
    if (this.#blockedSince !== undefined) return this.cut()
    this.#writeFrame({ kind: 'farewell', reason, reconnectAfterMs: Math.round(reconnectAfterMs) }, now)
    this.#writable.end()
  }

  cut(): void {
    this.#writable.destroy()
  }

  #writeFrame(frame: ControlFrame, now: number): void {
    this.#write(Buffer.from(frameLine(frame)), now)
  }

  #write(line: Buffer, now: number): void {
    this.#wroteAt = now
    if (!this.#writable.write(line)) this.#blockedSince ??= now
  }

  #describe(): SidecarState {
    const { namespace, pod, uid, connectedAt, version } = this.start
    const { live, rejected } = this.#offers
    return {
      namespace,
      pod,
      uid,
      ...(live === undefined ? {} : { live }),
      ...(rejected === undefined ? {} : { rejected }),
      connectedAt,
      version,
      targets: this.#targets,
    }
  }
}
