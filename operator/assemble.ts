// Joins the rooms of the operator. Decides nothing: every choice is a setting or a resource.
import { type AdmissionServer, createAdmissionServer } from './admission/admission-server.ts'
import { keepWebhookRegistered, type WebhookKeeper } from './admission/keep-webhook-registered.ts'
import { type Certificates, createCertificates } from './certificates/certificates.ts'
import { serverHosts } from './certificates/server-hosts.ts'
import { systemClock } from './clock.ts'
import { createKube, type Kube } from './kube/create-kube.ts'
import { createPushServer, type PushServer } from './push/push-server.ts'
import { summaryLabel } from './push/summary-object.ts'
import { createReconciler, type Reconciler } from './reconcile/loop.ts'
import type { SecretReader } from './reconcile/ports.ts'
import type { Settings } from './settings.ts'
import { type AdminServer, createAdminServer } from './telemetry/admin-server.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createOperatorMetrics, type OperatorMetrics } from './telemetry/metrics.ts'
import { eventRecorder, type OperatorEvent } from './telemetry/operator-events.ts'
import { version } from './telemetry/version.ts'

export interface OperatorParts {
  readonly logger: Logger
  readonly kube: Kube
  readonly certificates: Certificates
  readonly push: PushServer
  readonly reconciler: Reconciler
  readonly admin: AdminServer
  readonly webhook: WebhookKeeper
  /** Made when there is a certificate to serve. */
  admission(): AdmissionServer
  /** What `/readyz` says while a listener is missing. */
  readonly listeners: { areUp: boolean }
}

const clock = systemClock
const random = Math.random

export function assembleOperator(settings: Settings): OperatorParts {
  const logger = createLogger(settings.logLevel)
  const listeners = { areUp: false }
  const telemetry: Telemetry = { logger }
  const kube = assembleKube(settings, telemetry)
  const certificates = assembleCertificates(settings, { kube, telemetry })
  const push = assemblePush(settings, { kube, certificates, telemetry })
  const reconciler = assembleReconciler(settings, { kube, push, telemetry })
  telemetry.metrics = assembleMetrics({ kube, certificates, push, reconciler })
  const admission = once(() => assembleAdmission(settings, { kube, certificates, telemetry }))
  const webhook = keepWebhookRegistered({
    objects: kube.objects,
    leadership: kube.lease,
    clock,
    target:
      settings.webhookUrl === undefined
        ? { kind: 'service', namespace: settings.namespace }
        : { kind: 'url', url: settings.webhookUrl },
    trust: certificates,
    report: recordIn('admission', telemetry),
  })
  const admin = createAdminServer({
    readiness: () => describeReadiness({ kube, reconciler, listeners }),
    metrics: () => telemetry.metrics?.render() ?? Promise.resolve(''),
    fleet: () => reconciler.report(),
    onTrouble: error => logger.error({ error }, 'an admin page failed'),
  })
  return { logger, kube, certificates, push, reconciler, admin, webhook, admission, listeners }
}

/** Metrics are read from the rooms, so they come after them; events that come earlier are logged alone. */
interface Telemetry {
  readonly logger: Logger
  metrics?: OperatorMetrics
}

function recordIn(room: string, telemetry: Telemetry): (event: OperatorEvent) => void {
  let record: ((event: OperatorEvent) => void) | undefined
  return event => {
    const { logger, metrics } = telemetry
    if (metrics !== undefined) record ??= eventRecorder(room, { logger, counter: metrics.events })
    record?.(event)
  }
}

function assembleKube(settings: Settings, telemetry: Telemetry): Kube {
  const [[key, value] = ['', '']] = Object.entries(summaryLabel)
  return createKube({
    kubeconfig: settings.kubeconfig,
    namespace: settings.namespace,
    identity: settings.replica,
    tokenAudience: settings.tokenAudience,
    credentialNamespaces: settings.credentialNamespaces,
    fleetSummaryLabel: `${key}=${value}`,
    clock,
    random,
    report: recordIn('kube', telemetry),
  })
}

function assembleCertificates(
  settings: Settings,
  { kube, telemetry }: { kube: Kube; telemetry: Telemetry },
): Certificates {
  const { namespace, pushUrl, webhookUrl, pushListen, webhookListen } = settings
  return createCertificates({
    objects: kube.objects,
    leadership: kube.lease,
    clock,
    namespace,
    hosts: serverHosts({
      namespace,
      urls: webhookUrl === undefined ? [pushUrl] : [pushUrl, webhookUrl],
      listenHosts: [pushListen.host, webhookListen.host],
    }),
    report: recordIn('certificates', telemetry),
  })
}

function assemblePush(
  settings: Settings,
  parts: { kube: Kube; certificates: Certificates; telemetry: Telemetry },
): PushServer {
  const { kube, certificates, telemetry } = parts
  return createPushServer({
    clock,
    random,
    certificate: certificates.leaf,
    reviewer: kube.tokens,
    pods: kube.readers.pods,
    summaries: kube.readers.fleetSummaries,
    objects: kube.objects,
    leadership: kube.lease,
    replica: settings.replica,
    namespace: settings.namespace,
    report: recordIn('push', telemetry),
  })
}

function assembleReconciler(
  settings: Settings,
  parts: { kube: Kube; push: PushServer; telemetry: Telemetry },
): Reconciler {
  const { kube, push, telemetry } = parts
  const record = recordIn('reconcile', telemetry)
  const { policies, clusterPolicies, providers, clusterProviders, namespaces, pods } = kube.readers
  return createReconciler({
    readers: { policies, clusterPolicies, providers, clusterProviders, namespaces, pods },
    secrets: kube.secrets,
    fleet: push.fleet.merged,
    publisher: push,
    statusWriter: kube.status,
    events: kube.events,
    leadership: kube.lease,
    clock,
    random,
    operatorNamespace: settings.namespace,
    onFailure: failure => record({ ...failure, kind: 'reconcileFailed' }),
  })
}

function assembleAdmission(
  settings: Settings,
  parts: { kube: Kube; certificates: Certificates; telemetry: Telemetry },
): AdmissionServer {
  const { kube, certificates, telemetry } = parts
  const record = recordIn('admission', telemetry)
  return createAdmissionServer({
    sources: {
      ...kube.readers,
      secretState: id => secretState(kube.secrets, id),
      operatorNamespace: settings.namespace,
    },
    certificate: certificates.leaf,
    clock,
    report(event) {
      if (event.kind === 'reviewed') {
        telemetry.metrics?.admitted(event.resource, event.outcome, event.durationMs / 1000)
      }
      record(event)
    },
  })
}

/** A Secret that nobody has looked at yet is not a reason to warn. */
function secretState(secrets: SecretReader, id: string) {
  const { kind } = secrets.find(id)
  return kind === 'pending' ? 'found' : kind
}

function assembleMetrics(parts: {
  kube: Kube
  certificates: Certificates
  push: PushServer
  reconciler: Reconciler
}): OperatorMetrics {
  const { kube, certificates, push, reconciler } = parts
  return createOperatorMetrics(
    {
      isLeader: () => kube.lease.isLeader(),
      push: () => push.stats(),
      pods: () => countStates(reconciler.report().pods),
      loop: () => reconciler.stats(),
      reflectors: () => kube.health(),
      certificateSeconds: () => certificates.secondsUntilExpiry(),
    },
    { version },
  )
}

const podStates = ['programmed', 'rejected', 'stale', 'notInjected']

function countStates(pods: readonly { readonly state: string }[]): ReadonlyMap<string, number> {
  const counts = new Map(podStates.map(state => [state, 0]))
  for (const { state } of pods) counts.set(state, (counts.get(state) ?? 0) + 1)
  return counts
}

function describeReadiness(parts: {
  kube: Kube
  reconciler: Reconciler
  listeners: { readonly areUp: boolean }
}): { isReady: boolean; text: string } {
  const waiting = parts.kube
    .health()
    .filter(({ hasSynced, path }) => !hasSynced && !path.includes('/secrets'))
    .map(({ path }) => path)
  if (waiting.length > 0)
    return { isReady: false, text: `waiting for the first list of ${waiting.join(', ')}` }
  if (!parts.reconciler.hasSynced())
    return { isReady: false, text: 'waiting for the first pass over all namespaces' }
  if (!parts.listeners.areUp) return { isReady: false, text: 'waiting for a certificate to listen with' }
  return { isReady: true, text: parts.kube.lease.isLeader() ? 'ready: leader' : 'ready' }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
