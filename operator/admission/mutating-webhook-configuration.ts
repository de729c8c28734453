// How the API server is told to ask us before it stores a pod. Whoever is not concerned is never asked about, so an operator that
// is down holds nobody else up, least of all itself.
import { labels } from '../injection/names.ts'
import {
  clientConfigFor,
  type WebhookTarget,
  webhookConfigurationLabels,
  webhookConfigurationName,
} from './webhook-target.ts'

export const injectPath = '/inject'

export interface MutatingWebhookOptions {
  readonly target: WebhookTarget
  /** The operator's own. */
  readonly operatorNamespace: string
  /** What becomes of pods in namespaces that opted in while no operator answers. */
  readonly failurePolicy: 'Fail' | 'Ignore'
}

/** Of the time in which the API server answers its own client. */
const timeoutSeconds = 5
/** A label that Kubernetes itself puts on every namespace. */
const namespaceName = 'kubernetes.io/metadata.name'

/** @param bundle PEM of the authorities that the API server is to trust; not empty. */
export function buildMutatingWebhookConfiguration(options: MutatingWebhookOptions, bundle: string): object {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: {
      name: webhookConfigurationName,
      labels: webhookConfigurationLabels,
    },
    webhooks: webhooksFor(options).map(webhook => ({
      ...webhook,
      clientConfig: clientConfigFor(options.target, injectPath, bundle),
      rules: [
        {
          apiGroups: [''],
          apiVersions: ['v1'],
          operations: ['CREATE'],
          resources: ['pods'],
          scope: 'Namespaced',
        },
      ],
      matchPolicy: 'Equivalent',
      // Others may add containers after us: those are to be given the variables, too.
      reinvocationPolicy: 'IfNeeded',
      sideEffects: 'None',
      timeoutSeconds,
      admissionReviewVersions: ['v1'],
    })),
  }
}

function webhooksFor({ operatorNamespace, failurePolicy }: MutatingWebhookOptions): readonly object[] {
  const elsewhere = {
    key: namespaceName,
    operator: 'NotIn',
    values: ['kube-system', operatorNamespace],
  }
  const optedIn = {
    matchExpressions: [{ key: labels.namespace, operator: 'In', values: ['enabled'] }, elsewhere],
  }
  const others = {
    matchExpressions: [{ key: labels.namespace, operator: 'NotIn', values: ['enabled'] }, elsewhere],
  }
  const podLabel = (operator: 'In' | 'NotIn', value: string) => ({
    matchExpressions: [{ key: labels.pod, operator, values: [value] }],
  })
  return [
    // A pod that runs without the policy is worse than one that does not start: that is what opting in says.
    {
      name: 'inject.llmfallback.io',
      namespaceSelector: optedIn,
      objectSelector: podLabel('NotIn', 'false'),
      failurePolicy,
    },
    // Only to write down that it was left out.
    {
      name: 'opt-out.inject.llmfallback.io',
      namespaceSelector: optedIn,
      objectSelector: podLabel('In', 'false'),
      failurePolicy: 'Ignore',
    },
    {
      name: 'opt-in.inject.llmfallback.io',
      namespaceSelector: others,
      objectSelector: podLabel('In', 'true'),
      failurePolicy: 'Ignore',
    },
  ]
}
