import { type Certificates, createCertificates } from '../certificates/certificates.ts'
import { publishTrust, type TrustPublisher } from '../certificates/publish-trust.ts'
import { serverHosts } from '../certificates/server-hosts.ts'
import { systemClock as clock } from '../clock.ts'
import type { Kube } from '../kube/create-kube.ts'
import type { Settings } from '../settings.ts'
import { recordIn, type Telemetry } from './telemetry-sink.ts'

export function assembleCertificates(
  settings: Settings,
  { kube, telemetry }: { readonly kube: Kube; readonly telemetry: Telemetry },
): Certificates {
  const { namespace, pushUrl, webhookUrl, pushListen, webhookListen } = settings
  return createCertificates({
    objects: kube.objects,
    ownership: kube.ownership,
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

/** Tells namespaces what the certificates are signed by. */
export function assembleTrust(
  settings: Settings,
  parts: { readonly kube: Kube; readonly certificates: Certificates; readonly telemetry: Telemetry },
): TrustPublisher {
  const { kube, certificates, telemetry } = parts
  const { namespaces, pods, trustCopies } = kube.readers
  return publishTrust({
    objects: kube.objects,
    ownership: kube.ownership,
    leadership: kube.lease,
    clock,
    random: Math.random,
    namespaces,
    pods,
    copies: trustCopies,
    trust: certificates,
    operatorNamespace: settings.namespace,
    report: recordIn('certificates', telemetry),
  })
}
