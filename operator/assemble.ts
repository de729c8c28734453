// Joins the rooms of the operator. Decides nothing: every choice is a setting or a resource.
import type { AdmissionServer } from './admission/admission-server.ts'
import type { WebhookKeeper } from './admission/keep-webhook-registered.ts'
import { assembleAdmission, assembleWebhook } from './assemble/assemble-admission.ts'
import { assembleCertificates, assembleTrust } from './assemble/assemble-certificates.ts'
import { judgePodsBy } from './assemble/judge-pods.ts'
import { describeReadiness } from './assemble/readiness.ts'
import { recordIn, type Telemetry } from './assemble/telemetry-sink.ts'
import type { Certificates } from './certificates/certificates.ts'
import type { TrustPublisher } from './certificates/publish-trust.ts'
import { systemClock } from './clock.ts'
import { createKube, type Kube } from './kube/create-kube.ts'
import { createPushServer, type PushServer } from './push/push-server.ts'
import { summaryLabel } from './push/summary-object.ts'
import { createReconciler, type Reconciler } from './reconcile/loop.ts'
import type { Settings } from './settings.ts'
import { type AdminServer, createAdminServer } from './telemetry/admin-server.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createOperatorMetrics, type OperatorMetrics } from './telemetry/metrics.ts'
import { version } from './telemetry/version.ts'

export interface OperatorParts {
  readonly logger: Logger
  readonly kube: Kube
  readonly certificates: Certificates
  readonly push: PushServer
  readonly reconciler: Reconciler
  readonly admin: AdminServer
  readonly webhook: WebhookKeeper
  readonly trust: TrustPublisher
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
  const trust = assembleTrust(settings, { kube, certificates, telemetry })
  const push = assemblePush(settings, { kube, certificates, telemetry })
  const reconciler = assembleReconciler(settings, { kube, push, telemetry })
  telemetry.metrics = assembleMetrics({ kube, certificates, push, reconciler })
  const admission = once(() => assembleAdmission(settings, { kube, certificates, telemetry }))
  const webhook = assembleWebhook(settings, { kube, certificates, telemetry })
  const admin = createAdminServer({
    readiness: () =>
      describeReadiness({
        collections: kube.health(),
        hasDecided: reconciler.hasSynced(),
        isListening: listeners.areUp,
        isLeader: kube.lease.isLeader(),
      }),
    metrics: () => telemetry.metrics?.render() ?? Promise.resolve(''),
    fleet: () => reconciler.report(),
    onTrouble: error => logger.error({ error }, 'an admin page failed'),
  })
  return { logger, kube, certificates, push, reconciler, admin, webhook, trust, admission, listeners }
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
    judgePod: judgePodsBy(settings),
    clock,
    random,
    report: recordIn('kube', telemetry),
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
    ownership: kube.ownership,
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

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
