// The workloads of the tests, as objects that kubectl takes: a platform's vendors and a team's apps.
import { ports } from './providers/ports.ts'
import { testImages } from './test-images.ts'

type Labels = Readonly<Record<string, string>>
type Environment = Readonly<Record<string, string>>

export interface Container {
  readonly name: string
  readonly image: string
  readonly environment?: Environment
}

/** Nothing may be pulled: there is no registry, and no way out. */
export function containerOf({ name, image, environment = {} }: Container): object {
  const env = Object.entries(environment).map(([key, value]) => ({ name: key, value }))
  return { name, image, imagePullPolicy: 'Never', env }
}

/** What `kubectl apply -f -` takes. */
export function listOf(...objects: readonly object[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects })
}

export function namespaceOf(name: string, labels: Labels = {}): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

export interface AppOptions {
  readonly namespace: string
  readonly name: string
  readonly environment?: Environment
  readonly labels?: Labels
  readonly replicas?: number
  /** Further fields of the pod. */
  readonly podSpec?: object
  /** Further fields of the container. */
  readonly containerSpec?: object
}

/** Labelled `app: <name>`; its container is named `app`. */
export function podTemplateOf(options: AppOptions): object {
  const { name, environment = {}, labels = {}, podSpec = {}, containerSpec = {} } = options
  const container = containerOf({ name: 'app', image: testImages.app, environment })
  return {
    metadata: { labels: { app: name, ...labels } },
    spec: { containers: [{ ...container, ...containerSpec }], ...podSpec },
  }
}

export function deploymentOf(options: AppOptions): object {
  const { namespace, name, replicas = 1 } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { namespace, name },
    spec: { replicas, selector: { matchLabels: { app: name } }, template: podTemplateOf(options) },
  }
}

/** Calls once; never again, so that a lost call fails it. */
export function jobOf(options: AppOptions): object {
  const environment = { CALLS: 'once', ...options.environment }
  const podSpec = { restartPolicy: 'Never', ...options.podSpec }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { namespace: options.namespace, name: options.name },
    spec: { backoffLimit: 0, template: podTemplateOf({ ...options, environment, podSpec }) },
  }
}

export const vendorNamespace = 'vendors'

/** The names by which the cluster reaches the simulated vendors, as their SDKs would write them. */
export const vendorUrls = {
  openai: `http://providers.${vendorNamespace}.svc:${ports.openai}/v1`,
  anthropic: `http://providers.${vendorNamespace}.svc:${ports.anthropic}`,
} as const

export function vendorObjects(): readonly object[] {
  const labels = { app: 'providers' }
  const metadata = { namespace: vendorNamespace, name: 'providers' }
  const container = {
    ...containerOf({ name: 'providers', image: testImages.providers }),
    readinessProbe: { httpGet: { path: '/openai/asked', port: ports.control }, periodSeconds: 1 },
  }
  const template = { metadata: { labels }, spec: { containers: [container] } }
  const servicePorts = Object.entries(ports).map(([name, port]) => ({ name, port }))
  return [
    namespaceOf(vendorNamespace),
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { selector: { matchLabels: labels }, template },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: servicePorts } },
  ]
}
