// The leader tells every namespace that has, or may soon have, sidecars whom they are to trust: in a ConfigMap beside the pods,
// because a pod can mount no other. A namespace that needs it no longer keeps it, for to delete it would take a right more;
// there is no secret in it, and it goes with its owner.
import type {
  Cancel,
  Clock,
  Leadership,
  NamespaceFacts,
  ObjectClient,
  Ownership,
  PodFacts,
  Reader,
  TrustCopy,
} from '../reconcile/ports.ts'
import { WorkQueue } from '../reconcile/work-queue.ts'
import { authorityObjectName } from './authority-secret.ts'
import type { ReportCertificateEvent } from './certificate-events.ts'
import { isOwnedAs, trustMapPath, writeTrustMap } from './trust-map.ts'

const injectionLabel = 'llmfallback.io/injection'
/** Changes are told at once; this is for what nobody tells. */
const checkEveryMs = 60_000
/** How soon it is looked whether the first list of ConfigMaps is there. */
const syncCheckMs = 20
/** A namespace that is being deleted refuses, and so may a quota: that holds nobody else up. */
const limits = { concurrency: 8, firstRetryMs: 1_000, longestRetryMs: checkEveryMs }

export interface TrustPublisherParts {
  readonly objects: ObjectClient
  readonly ownership: Ownership
  readonly leadership: Leadership
  readonly clock: Clock
  /** From 0 up to but not including 1. */
  readonly random: () => number
  readonly namespaces: Reader<NamespaceFacts>
  readonly pods: Reader<PodFacts>
  /** The ConfigMaps as they stand. */
  readonly copies: Reader<TrustCopy>
  readonly trust: {
    /** PEM; empty: not known yet, and nothing is published. */
    bundle(): string
    onBundleChange(listener: () => void): Cancel
  }
  /** The operator's own, whose ConfigMap is written with the authorities. */
  readonly operatorNamespace: string
  readonly report: ReportCertificateEvent
}

export interface TrustPublisher {
  start(): void
  /** What is published stays. */
  stop(): void
}

export function publishTrust(parts: TrustPublisherParts): TrustPublisher {
  return new RunningPublisher(parts)
}

class RunningPublisher implements TrustPublisher {
  readonly #parts: TrustPublisherParts
  readonly #queue: WorkQueue
  /** Written and not yet seen in the copies, so that nothing is written twice. */
  readonly #written = new Map<string, string>()
  #cancels: Cancel[] = []
  #cancelTimer: Cancel = () => undefined

  constructor(parts: TrustPublisherParts) {
    this.#parts = parts
    this.#queue = new WorkQueue({
      ...parts,
      limits,
      run: namespace => this.#publish(namespace),
      onFailure: ({ key, error, retryInMs }) => {
        parts.report({ kind: 'trustNotPublished', namespace: key, error, retryInMs })
      },
    })
  }

  start(): void {
    const { namespaces, pods, copies, trust, leadership } = this.#parts
    this.#cancels = [
      namespaces.onChange(({ before, after }) => {
        if (after !== undefined && isOptedIn(after)) this.#look(after.name)
        if (after === undefined && before !== undefined) this.#written.delete(before.name)
      }),
      pods.onChange(({ before, after }) => {
        if (after?.hasSidecar === true && before === undefined) this.#look(after.namespace)
      }),
      copies.onChange(({ before, after }) => {
        const namespace = (after ?? before)?.namespace ?? ''
        this.#written.delete(namespace)
        this.#look(namespace)
      }),
      trust.onBundleChange(() => this.#lookAtAll()),
      leadership.onChange(() => this.#lookAtAll()),
    ]
    this.#checkNowAndThen()
  }

  stop(): void {
    for (const cancel of this.#cancels) cancel()
    this.#cancelTimer()
    this.#queue.stop()
  }

  #checkNowAndThen(): void {
    const { copies, clock } = this.#parts
    this.#written.clear()
    this.#lookAtAll()
    const waitMs = copies.hasSynced() ? checkEveryMs : syncCheckMs
    this.#cancelTimer = clock.schedule(waitMs, () => this.#checkNowAndThen())
  }

  #lookAtAll(): void {
    if (!this.#mayWrite()) return
    for (const { name } of this.#parts.namespaces.list()) if (this.#needsIt(name)) this.#look(name)
  }

  /** At once: a pod may be on its way already, and the kubelet waits longer and longer for what it has to mount. */
  #look(namespace: string): void {
    if (this.#parts.leadership.isLeader()) this.#queue.addAfter(namespace, 0)
  }

  #mayWrite(): boolean {
    const { trust, leadership, copies } = this.#parts
    return leadership.isLeader() && copies.hasSynced() && trust.bundle() !== ''
  }

  #needsIt(namespace: string): boolean {
    const { namespaces, pods, operatorNamespace } = this.#parts
    const facts = namespaces.find('', namespace)
    if (facts === undefined || namespace === operatorNamespace) return false
    if (isOptedIn(facts)) return true
    for (const pod of pods.inNamespace(namespace)) if (pod.hasSidecar && !pod.isFinished) return true
    return false
  }

  async #publish(namespace: string): Promise<void> {
    const { objects, ownership, trust, copies, report } = this.#parts
    if (!this.#mayWrite() || !this.#needsIt(namespace)) return
    const bundle = trust.bundle()
    const copy = copies.find(namespace, authorityObjectName)
    const wanted = await ownership.claim(writeTrustMap(namespace, bundle), copy?.object)
    const isThere = copy?.bundle === bundle && isOwnedAs(copy.object, wanted)
    if (isThere || this.#written.get(namespace) === bundle) return
    this.#written.set(namespace, bundle)
    try {
      await objects.apply(trustMapPath(namespace), wanted)
    } catch (error) {
      this.#written.delete(namespace)
      throw error
    }
    report({ kind: 'trustPublished', namespace })
  }
}

function isOptedIn({ labels }: NamespaceFacts): boolean {
  return labels[injectionLabel] === 'enabled'
}
