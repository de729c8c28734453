// The webhook configurations that the operator keeps: one for what people write, one for pods.
import {
  buildMutatingWebhookConfiguration,
  type MutatingWebhookOptions,
} from './mutating-webhook-configuration.ts'
import { buildWebhookConfiguration } from './webhook-configuration.ts'
import { webhookConfigurationName } from './webhook-target.ts'

export interface Registration {
  /** Of the API server. */
  readonly path: string
  /** @param bundle PEM of the authorities that the API server is to trust; not empty. */
  build(bundle: string): object
}

const group = '/apis/admissionregistration.k8s.io/v1'

export function registrationsFor(options: MutatingWebhookOptions): readonly Registration[] {
  return [
    {
      path: `${group}/validatingwebhookconfigurations/${webhookConfigurationName}`,
      build: bundle => buildWebhookConfiguration(options.target, bundle),
    },
    {
      path: `${group}/mutatingwebhookconfigurations/${webhookConfigurationName}`,
      build: bundle => buildMutatingWebhookConfiguration(options, bundle),
    },
  ]
}
