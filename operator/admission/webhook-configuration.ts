// How the API server is told to ask us before it stores one of our resources.
import { Buffer } from 'node:buffer'
import { apiVersion } from '../../crds/resources/resource.ts'

export const webhookConfigurationName = 'llm-fallback'
export const validatePath = '/validate'

/** Where the API server finds the operator. */
export type WebhookTarget =
  /** Behind the Service `llm-fallback` of this namespace, port 443. */
  | { readonly kind: 'service'; readonly namespace: string }
  /** An https URL, for an operator outside the cluster; its path comes before ours. */
  | { readonly kind: 'url'; readonly url: URL }

const service = 'llm-fallback'
const servicePort = 443
/** Of the time in which the API server answers its own client. */
const timeoutSeconds = 5

/** @param bundle PEM of the authorities that the API server is to trust; not empty. */
export function buildWebhookConfiguration(target: WebhookTarget, bundle: string): object {
  const [group, version] = apiVersion.split('/')
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: {
      name: webhookConfigurationName,
      labels: { 'app.kubernetes.io/name': 'llm-fallback' },
    },
    webhooks: [
      {
        name: 'validate.llmfallback.io',
        clientConfig: { ...locate(target), caBundle: Buffer.from(bundle).toString('base64') },
        rules: [
          {
            apiGroups: [group],
            apiVersions: [version],
            operations: ['CREATE', 'UPDATE'],
            resources: ['fallbackpolicies', 'clusterfallbackpolicies', 'llmproviders', 'clusterllmproviders'],
            scope: '*',
          },
        ],
        matchPolicy: 'Equivalent',
        // Nobody else's objects are asked about, so an operator that is down stops edits of policies and providers only. With
        // Ignore, whoever waits for that moment could get round the constraints of the platform.
        failurePolicy: 'Fail',
        // These never change what was judged, and go on while the operator is down: deleting, labels, finalizers.
        matchConditions: [
          {
            name: 'not-being-deleted',
            expression: "request.operation == 'CREATE' || !has(object.metadata.deletionTimestamp)",
          },
          {
            name: 'new-spec',
            expression:
              "request.operation == 'CREATE' || !has(object.spec) || !has(oldObject.spec) || object.spec != oldObject.spec",
          },
        ],
        sideEffects: 'None',
        timeoutSeconds,
        admissionReviewVersions: ['v1'],
      },
    ],
  }
}

function locate(target: WebhookTarget): object {
  if (target.kind === 'service') {
    return {
      service: { name: service, namespace: target.namespace, path: validatePath, port: servicePort },
    }
  }
  const url = new URL(target.url)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${validatePath}`
  return { url: url.href }
}
