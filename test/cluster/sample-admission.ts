// The admission half of the operator against a real API server, in this process, with an overlap of seconds.
import { createAdmissionServer } from '../../operator/admission/admission-server.ts'
import { keepWebhookRegistered } from '../../operator/admission/keep-webhook-registered.ts'
import { registrationsFor } from '../../operator/admission/registrations.ts'
import type { ReportCertificateEvent } from '../../operator/certificates/certificate-events.ts'
import { type Certificates, createCertificates } from '../../operator/certificates/certificates.ts'
import { serverHosts } from '../../operator/certificates/server-hosts.ts'
import { systemClock } from '../../operator/clock.ts'
import type { Kube } from '../../operator/kube/create-kube.ts'
import type { Cluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { injectionSources } from '../support/injection-kit.ts'
import { recordsOf } from '../support/simulated-vendors/json.ts'
import { openKube, operatorNamespace } from './sample-kube.ts'

export const webhookPath =
  '/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/llm-fallback'
export const authoritySecretPath = `/api/v1/namespaces/${operatorNamespace}/secrets/llm-fallback-ca`

/** How long the API server may go on with an older configuration; seen: about a second. */
const noticeMs = 3_000

export interface RunningAdmission {
  readonly kube: Kube
  readonly certificates: Certificates
  /** Of everything that the rooms reported, by kind. */
  readonly events: readonly string[]
  stop(): Promise<void>
}

/** Resolves once the API server asks it. */
export async function startAdmission(cluster: Cluster): Promise<RunningAdmission> {
  const kube = openKube(cluster.kubeconfig, 'admission')
  const events: string[] = []
  const report = ({ kind }: { readonly kind: string }) => void events.push(kind)
  const certificates = certificatesOf(kube, report)
  kube.start()
  kube.lease.start()
  await kube.synced(AbortSignal.timeout(20_000))
  await certificates.start()
  const server = createAdmissionServer({
    sources: { ...kube.readers, secretState: secretState(kube), operatorNamespace },
    injection: { ...injectionSources(), namespaces: kube.readers.namespaces },
    certificate: certificates.leaf,
    clock: systemClock,
    report,
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  const webhook = keepWebhookRegistered({
    objects: kube.objects,
    leadership: kube.lease,
    clock: systemClock,
    ownership: kube.ownership,
    registrations: registrationsFor({
      target: { kind: 'url', url: new URL(`https://127.0.0.1:${port}`) },
      operatorNamespace,
      failurePolicy: 'Fail',
    }),
    trust: certificates,
    report,
  })
  webhook.start()
  await isAsked(cluster, events)
  return {
    kube,
    certificates,
    events,
    async stop() {
      webhook.stop()
      certificates.stop()
      await server.close()
      await kube.stop()
    },
  }
}

function certificatesOf(kube: Kube, report: ReportCertificateEvent): Certificates {
  return createCertificates({
    objects: kube.objects,
    ownership: kube.ownership,
    leadership: kube.lease,
    clock: systemClock,
    namespace: operatorNamespace,
    hosts: serverHosts({ namespace: operatorNamespace, urls: [], listenHosts: ['127.0.0.1'] }),
    timing: { pollMs: 500, overlapMs: noticeMs },
    report,
  })
}

function secretState(kube: Kube) {
  return (id: string) => {
    const { kind } = kube.secrets.find(id)
    return kind === 'pending' ? 'found' : kind
  }
}

/** A new configuration is noticed late, by each of the API server's caches for itself. */
function isAsked(cluster: Cluster, events: readonly string[]): Promise<true> {
  const probe = {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { name: 'probe' },
    spec: { dialect: 'OpenAI' },
  }
  const path = '/apis/llmfallback.io/v1alpha1/namespaces/default/llmproviders?dryRun=All'
  return eventually('the API server asks the webhook', async () => {
    await cluster.adminRequest('POST', path, probe)
    return events.includes('reviewed') || undefined
  })
}

export async function webhookBundle(cluster: Cluster): Promise<string> {
  const { webhooks } = await cluster.adminExpect('GET', webhookPath)
  const client = recordsOf(webhooks)[0]?.['clientConfig']
  const bundle = typeof client === 'object' && client !== null && Reflect.get(client, 'caBundle')
  return Buffer.from(String(bundle), 'base64').toString()
}
