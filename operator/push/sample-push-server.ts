// For tests: a push server on loopback in a sample cluster, with every event that it reports.
import type { Clock, FleetSummaryObject, PodFacts } from '../reconcile/ports.ts'
import type { PushEvent } from './push-events.ts'
import type { PushLimits } from './push-limits.ts'
import { createPushServer, type PushServer } from './push-server.ts'
import { digestOf, SampleObjects, SampleReader, SampleReviewer, samplePod } from './sample-cluster.ts'
import { openStream, type SampleStream, type SampleTarget } from './sample-sidecar.ts'
import type { CertificatePair } from './serving-certificate.ts'

export interface SamplePushParts {
  readonly clock: Clock
  /** The certificate is for `servername` and signed by `ca`. */
  readonly certificate: CertificatePair
  readonly ca: string
  readonly servername: string
  readonly limits?: Partial<PushLimits>
  readonly replica?: string
  /** Shared by replicas of one cluster. */
  readonly summaries?: SampleReader<FleetSummaryObject>
}

export class SamplePushServer {
  readonly server: PushServer
  readonly pods = new SampleReader<PodFacts>()
  readonly reviewer: SampleReviewer
  readonly objects: SampleObjects
  readonly events: PushEvent[] = []
  isLeader = false
  pair: CertificatePair
  target: SampleTarget
  readonly #renewals = new Set<() => void>()

  constructor(parts: SamplePushParts) {
    const { clock, ca, servername, limits = {}, replica = 'replica-1' } = parts
    this.pair = parts.certificate
    this.target = { port: 0, ca, servername }
    this.reviewer = new SampleReviewer(clock.wallTime() + 3_600_000)
    this.objects = new SampleObjects(parts.summaries)
    this.server = createPushServer({
      clock,
      random: () => 0.5,
      certificate: {
        current: () => this.pair,
        onChange: listener => {
          this.#renewals.add(listener)
          return () => void this.#renewals.delete(listener)
        },
      },
      reviewer: this.reviewer,
      pods: this.pods,
      summaries: this.objects.summaries,
      objects: this.objects,
      ownership: { claim: async wanted => wanted },
      leadership: { isLeader: () => this.isLeader, onChange: () => () => undefined },
      replica,
      namespace: 'llm-fallback-system',
      report: event => void this.events.push(event),
      limits,
    })
  }

  async listen(): Promise<void> {
    this.target = { ...this.target, port: await this.server.listen('127.0.0.1', 0) }
  }

  renewCertificate(pair: CertificatePair): void {
    this.pair = pair
    for (const listener of this.#renewals) listener()
  }

  /** Opens the stream of a pod that is there. */
  async connect(pod: string, headers: Readonly<Record<string, string>> = {}): Promise<SampleStream> {
    this.pods.put(samplePod(pod))
    return openStream(this.target, `token-of-${pod}`, headers)
  }

  /** Sends reports up the stream and waits until all of them have been heard. */
  async tell(stream: SampleStream, ...reports: readonly unknown[]): Promise<void> {
    for (const report of reports) stream.say(report)
    // Reports are heard in order, and this one leaves a trace and nothing else.
    const passedOver = () => this.events.filter(({ kind }) => kind === 'verdictPassedOver').length
    const before = passedOver()
    stream.say({ kind: 'verdict', digest: digestOf('9'), verdict: 'Applied' })
    await stream.until('the reports to be heard', () => passedOver() > before)
  }

  refusals(): readonly string[] {
    return this.events.flatMap(event => (event.kind === 'refused' ? [event.reason] : []))
  }

  closings(): readonly string[] {
    return this.events.flatMap(event => (event.kind === 'streamClosed' ? [event.reason] : []))
  }
}
