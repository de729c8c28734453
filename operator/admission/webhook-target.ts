// Where the API server finds the operator.
import { Buffer } from 'node:buffer'

export type WebhookTarget =
  /** Behind the Service `llm-fallback` of this namespace, port 443. */
  | { readonly kind: 'service'; readonly namespace: string }
  /** An https URL, for an operator outside the cluster; its path comes before ours. */
  | { readonly kind: 'url'; readonly url: URL }

export const webhookConfigurationName = 'llm-fallback'

export const webhookConfigurationLabels: Readonly<Record<string, string>> = {
  'app.kubernetes.io/name': 'llm-fallback',
  // AKS adds to the selectors of webhooks what keeps them out of its own namespaces, and would do so again after each time that
  // the operator has put them right. This asks it not to: ours are about namespaces that opted in, and never about kube-system.
  'admissions.enforcer/disabled': 'true',
}

const service = 'llm-fallback'
const servicePort = 443

/** Part of a webhook. @param bundle PEM of the authorities that the API server is to trust; not empty. */
export function clientConfigFor(target: WebhookTarget, path: string, bundle: string): object {
  return { ...locate(target, path), caBundle: Buffer.from(bundle).toString('base64') }
}

function locate(target: WebhookTarget, path: string): object {
  if (target.kind === 'service') {
    return { service: { name: service, namespace: target.namespace, path, port: servicePort } }
  }
  const url = new URL(target.url)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`
  return { url: url.href }
}
