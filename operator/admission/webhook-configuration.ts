// How the API server is told to ask us before it stores one of our resources.
import { apiVersion } from '../../crds/resources/resource.ts'
import {
  clientConfigFor,
  type WebhookTarget,
  webhookConfigurationLabels,
  webhookConfigurationName,
} from './webhook-target.ts'

export const validatePath = '/validate'

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
      labels: webhookConfigurationLabels,
    },
    webhooks: [
      {
        name: 'validate.llmfallback.io',
        clientConfig: clientConfigFor(target, validatePath, bundle),
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
