// Everything that speaks to the API server, on one client.
import type {
  Clock,
  ObjectClient,
  Ownership,
  SecretReader,
  StatusWriter,
  TokenReviewer,
} from '../reconcile/ports.ts'
import { createApiClient } from './api-client.ts'
import { createEventRecorder, type RunningEventRecorder } from './event-recorder.ts'
import { createConnectionSource } from './kube-connection.ts'
import { LeaseElector } from './lease.ts'
import { createObjectClient } from './object-client.ts'
import { ClusterRoleOwnership } from './ownership.ts'
import type { JudgePod } from './project-objects.ts'
import { createReaders, type FleetSummarySource, type KubeReaders, type ReflectorHealth } from './readers.ts'
import type { ReflectorEvent, ReflectorLimits } from './reflector-options.ts'
import { createSecretReader } from './secret-reader.ts'
import { createStatusWriter } from './status-writer.ts'
import { createTokenReviewer } from './token-reviewer.ts'

export interface KubeOptions {
  /** Paths as in the variable KUBECONFIG; undefined: the pod's own ServiceAccount. */
  readonly kubeconfig: string | undefined
  /** The operator's own: its Lease and its fleet summaries are there. */
  readonly namespace: string
  /** Of this replica, unlike any other's. */
  readonly identity: string
  /** That sidecars' tokens are made for. */
  readonly tokenAudience: string
  readonly credentialNamespaces: readonly string[]
  /** Of the ConfigMaps in which replicas tell each other about their streams. */
  readonly fleetSummaryLabel: FleetSummarySource['labelSelector']
  readonly judgePod: JudgePod
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  readonly report: (event: KubeEvent) => void
  readonly reflectorLimits?: Partial<ReflectorLimits>
}

/** For logs and metrics; errors are fit to be logged. */
export type KubeEvent =
  | ReflectorEvent
  | { readonly kind: 'leaseFailed'; readonly error: unknown }
  | { readonly kind: 'eventFailed'; readonly error: unknown }

export interface Kube {
  readonly readers: KubeReaders
  readonly secrets: SecretReader
  readonly objects: ObjectClient
  readonly ownership: Ownership
  readonly tokens: TokenReviewer
  readonly status: StatusWriter
  readonly events: RunningEventRecorder
  /** Leads only between its own start and stop. */
  readonly lease: LeaseElector
  /** Begins to follow the cluster; the lease is started apart, when there is something to lead. */
  start(): void
  /** Resolves once every reader has read its first full list, or rejects with the signal's reason. */
  synced(signal: AbortSignal): Promise<void>
  /** Lets go of the lease and ends every watch. */
  stop(): Promise<void>
  /** Of every reflector, those of Secrets included. */
  health(): readonly ReflectorHealth[]
}

/** Does nothing before `start`. */
export function createKube(options: KubeOptions): Kube {
  const { clock, random, report, identity, namespace } = options
  const client = createApiClient(createConnectionSource(options.kubeconfig, clock), clock)
  const parts = { client, clock, random, report, limits: options.reflectorLimits ?? {} }
  const ownership = new ClusterRoleOwnership({ client, clock })
  const { fleetSummaryLabel: labelSelector, judgePod } = options
  const readers = createReaders(parts, { namespace, labelSelector, judgePod })
  const secrets = createSecretReader(parts, {
    namespaces: new Set(options.credentialNamespaces),
    withheld: `${namespace}/llm-fallback-ca`,
  })
  const lease = new LeaseElector({
    client,
    clock,
    random,
    identity,
    ownership,
    lease: { namespace, name: 'llm-fallback' },
    onFailure: error => report({ kind: 'leaseFailed', error }),
  })
  return {
    readers,
    secrets,
    lease,
    ownership,
    objects: createObjectClient(client, () => ownership.refused()),
    tokens: createTokenReviewer({ client, clock, audience: options.tokenAudience }),
    status: createStatusWriter(client, () => lease.isLeader()),
    events: createEventRecorder({
      client,
      clock,
      random,
      identity,
      onFailure: error => report({ kind: 'eventFailed', error }),
    }),
    start: () => readers.start(),
    synced: signal => readers.synced(signal),
    stop: async () => {
      await lease.stop()
      await Promise.all([readers.stop(), secrets.stop()])
      await client.close()
    },
    health: () => [...readers.health(), ...secrets.health()],
  }
}
