import { type AdmissionServer, createAdmissionServer } from '../admission/admission-server.ts'
import { followKubernetesVersion } from '../admission/follow-kubernetes-version.ts'
import { keepWebhookRegistered, type WebhookKeeper } from '../admission/keep-webhook-registered.ts'
import { registrationsFor } from '../admission/registrations.ts'
import type { Certificates } from '../certificates/certificates.ts'
import { systemClock as clock } from '../clock.ts'
import type { InjectionSettings } from '../injection/injection-settings.ts'
import type { Kube } from '../kube/create-kube.ts'
import type { SecretReader } from '../reconcile/ports.ts'
import type { Settings } from '../settings.ts'
import { version } from '../telemetry/version.ts'
import { operatorUrlOf } from './judge-pods.ts'
import { recordIn, type Telemetry } from './telemetry-sink.ts'

interface Parts {
  readonly kube: Kube
  readonly certificates: Certificates
  readonly telemetry: Telemetry
}

export function assembleAdmission(settings: Settings, parts: Parts): AdmissionServer {
  const { kube, certificates, telemetry } = parts
  const record = recordIn('admission', telemetry)
  const kubernetes = followKubernetesVersion(kube.objects, clock)
  const server = createAdmissionServer({
    sources: {
      ...kube.readers,
      secretState: id => secretState(kube.secrets, id),
      operatorNamespace: settings.namespace,
    },
    injection: {
      settings: injectionSettings(settings),
      namespaces: kube.readers.namespaces,
      operatorNamespace: settings.namespace,
      kubernetes: kubernetes.current,
    },
    certificate: certificates.leaf,
    clock,
    report(event) {
      const { metrics } = telemetry
      if (event.kind === 'reviewed') {
        metrics?.admitted(event.resource, event.outcome, event.durationMs / 1000)
      }
      if (event.kind === 'podReviewed') metrics?.injected(event.decision, event.durationMs / 1000)
      record(event)
    },
  })
  return {
    ...server,
    listen(address) {
      kubernetes.start()
      return server.listen(address)
    },
    close() {
      kubernetes.stop()
      return server.close()
    },
  }
}

export function assembleWebhook(settings: Settings, parts: Parts): WebhookKeeper {
  const { kube, certificates, telemetry } = parts
  const { namespace, webhookUrl, injectionFailurePolicy: failurePolicy } = settings
  return keepWebhookRegistered({
    objects: kube.objects,
    ownership: kube.ownership,
    leadership: kube.lease,
    clock,
    registrations: registrationsFor({
      target: webhookUrl === undefined ? { kind: 'service', namespace } : { kind: 'url', url: webhookUrl },
      operatorNamespace: namespace,
      failurePolicy,
    }),
    trust: certificates,
    report: recordIn('admission', telemetry),
  })
}

function injectionSettings(settings: Settings): InjectionSettings {
  return {
    image: settings.sidecarImage,
    pullPolicy: settings.sidecarPullPolicy,
    resources: settings.sidecarResources,
    logLevel: settings.sidecarLogLevel,
    audit: settings.sidecarAudit,
    operatorUrl: operatorUrlOf(settings.pushUrl),
    audience: settings.tokenAudience,
    version,
  }
}

/** A Secret that nobody has looked at yet is not a reason to warn. */
function secretState(secrets: SecretReader, id: string) {
  const { kind } = secrets.find(id)
  return kind === 'pending' ? 'found' : kind
}
