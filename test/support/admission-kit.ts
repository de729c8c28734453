// A cluster in memory for the rules of admission, and the questions that an API server would ask about it.
import type { SecretState } from '../../crds/compile/compile-namespace.ts'
import { apiVersion } from '../../crds/resources/resource.ts'
import type { AdmissionRequest } from '../../operator/admission/admission-review.ts'
import type { AdmissionSources } from '../../operator/admission/cluster-view.ts'
import type { NamespaceFacts, Reader, StoredResource } from '../../operator/reconcile/ports.ts'
import { recordOf, textOf } from './simulated-vendors/json.ts'

type Fields = Readonly<Record<string, unknown>>

export interface ClusterContents {
  /** Whole objects as the API server holds them, of any of our kinds. */
  readonly objects?: readonly Fields[]
  /** Labels by the name of the namespace. */
  readonly namespaces?: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** By `namespace/name/key`; absent: found. */
  readonly secrets?: Readonly<Record<string, SecretState>>
  /** Default `synced`. */
  readonly state?: 'synced' | 'starting'
}

export function sourcesOf(contents: ClusterContents): AdmissionSources {
  const { objects = [], namespaces = {}, secrets = {}, state = 'synced' } = contents
  const stored = objects.map(storedResource)
  const ofKind = (kind: StoredResource['kind']) =>
    staticReader(
      stored.filter(item => item.kind === kind),
      state,
    )
  const facts = Object.entries(namespaces).map(([name, labels]) => ({ name, namespace: '', labels }))
  return {
    policies: ofKind('FallbackPolicy'),
    clusterPolicies: ofKind('ClusterFallbackPolicy'),
    providers: ofKind('LLMProvider'),
    clusterProviders: ofKind('ClusterLLMProvider'),
    namespaces: staticReader<NamespaceFacts & { readonly namespace: string }>(facts, state),
    secretState: id => secrets[id] ?? 'found',
    operatorNamespace: 'llm-fallback-system',
  }
}

export function staticReader<Item extends { readonly namespace: string; readonly name: string }>(
  items: readonly Item[],
  state: 'synced' | 'starting' = 'synced',
): Reader<Item> {
  return {
    list: () => items,
    inNamespace: namespace => items.filter(item => item.namespace === namespace),
    find: (namespace, name) => items.find(item => item.namespace === namespace && item.name === name),
    hasSynced: () => state === 'synced',
    onChange: () => () => undefined,
  }
}

function storedResource(object: Fields): StoredResource {
  const metadata = recordOf(object['metadata'])
  return {
    kind: kindOf(object),
    namespace: textOf(metadata['namespace']) ?? '',
    name: textOf(metadata['name']) ?? '',
    uid: 'uid',
    generation: 1,
    resourceVersion: '1',
    object,
    status: undefined,
  }
}

const kinds = ['FallbackPolicy', 'ClusterFallbackPolicy', 'LLMProvider', 'ClusterLLMProvider'] as const

function kindOf(object: Fields): StoredResource['kind'] {
  const kind = kinds.find(known => known === object['kind'])
  if (kind === undefined) throw new Error(`not one of our kinds: ${String(object['kind'])}`)
  return kind
}

/** The question about this object; `more` may be an update, or about another group. */
export function question(object: Fields, more: Partial<AdmissionRequest> = {}): AdmissionRequest {
  const metadata = recordOf(object['metadata'])
  return {
    uid: 'a3b1',
    group: apiVersion.slice(0, apiVersion.indexOf('/')),
    kind: textOf(object['kind']) ?? '',
    namespace: textOf(metadata['namespace']) ?? '',
    name: textOf(metadata['name']) ?? '',
    operation: 'CREATE',
    object,
    oldObject: null,
    ...more,
  }
}

/** The body that carries it. */
export function reviewBody(request: AdmissionRequest): Fields {
  const { group, kind, ...rest } = request
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { ...rest, kind: { group, version: 'v1alpha1', kind } },
  }
}

export function policyObject(name: string, spec: Fields, namespace = 'support'): Fields {
  return { apiVersion, kind: 'FallbackPolicy', metadata: { name, namespace }, spec }
}

export function providerObject(name: string, spec: Fields = {}, namespace = 'support'): Fields {
  return {
    apiVersion,
    kind: 'LLMProvider',
    metadata: { name, namespace },
    spec: { dialect: 'OpenAI', ...spec },
  }
}

/** @param kind of a cluster-wide resource. */
export function clusterObject(
  kind: 'ClusterFallbackPolicy' | 'ClusterLLMProvider',
  name: string,
  spec: Fields,
): Fields {
  return { apiVersion, kind, metadata: { name }, spec }
}

/** One route over targets at these providers, each with its own model. */
export function specOver(providers: readonly (string | Fields)[], route: Fields = {}): Fields {
  const chain = providers.map((provider, index) => ({
    name: `step-${index}`,
    target: {
      providerRef: typeof provider === 'string' ? { name: provider } : provider,
      model: `model-${index}`,
    },
  }))
  return { routes: [{ name: 'chat', limits: { deadline: '10m' }, ...route, chain }] }
}
