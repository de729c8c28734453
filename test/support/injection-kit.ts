// Pods that are about to be made, the questions that an API server asks about them, and what it does with the answer.
import type { InjectionSources } from '../../operator/admission/review-pod.ts'
import type { InjectionContext } from '../../operator/injection/inject-pod.ts'
import type { InjectionSettings } from '../../operator/injection/injection-settings.ts'
import type { JsonPatch } from '../../operator/injection/json-patch.ts'
import { defaultResources } from '../../operator/injection/parse-resources.ts'

type Fields = Readonly<Record<string, unknown>>

export const injectionSettings: InjectionSettings = {
  image: 'registry.example:5000/llm-fallback/sidecar:1.2.3',
  pullPolicy: 'IfNotPresent',
  resources: defaultResources,
  logLevel: undefined,
  audit: undefined,
  operatorUrl: 'https://llm-fallback.llm-fallback-system.svc:8443',
  audience: 'llm-fallback',
  version: '1.2.3',
}

export const injectionContext: InjectionContext = {
  settings: injectionSettings,
  kubernetes: { kind: 'known', major: 1, minor: 33 },
  openShiftUsers: '',
}

export function injectionSources(): InjectionSources {
  return {
    settings: injectionSettings,
    namespaces: { find: () => undefined },
    operatorNamespace: 'llm-fallback-system',
    kubernetes: () => injectionContext.kubernetes,
  }
}

/** @param spec over that of a pod with one container, `app`. */
export function samplePod(spec: Fields = {}, metadata: Fields = {}): Fields {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { generateName: 'app-', ...metadata },
    spec: { containers: [{ name: 'app', image: 'app:1' }], ...spec },
  }
}

/** @param container over one with the name `app`. */
export function podWith(container: Fields): Fields {
  return samplePod({ containers: [{ name: 'app', image: 'app:1', ...container }] })
}

/** @param request over the question about a new pod in the namespace `support`. */
export function podReview(pod: Fields, request: Fields = {}): Fields {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'b7',
      kind: { group: '', version: 'v1', kind: 'Pod' },
      namespace: 'support',
      operation: 'CREATE',
      object: pod,
      oldObject: null,
      ...request,
    },
  }
}

/** As an API server does it: an operation that does not fit throws. The document itself stays as it is. */
export function applyPatch(document: unknown, patch: JsonPatch): unknown {
  const result: unknown = structuredClone(document)
  for (const { path, value } of patch) {
    const segments = path
      .split('/')
      .slice(1)
      .map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = segments.pop() ?? ''
    put(segments.reduce(descend, result), last, structuredClone(value))
  }
  return result
}

function descend(value: unknown, segment: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, segment)) {
    throw new Error(`there is no ${segment}`)
  }
  return Reflect.get(value, segment)
}

function put(parent: unknown, name: string, value: unknown): void {
  if (typeof parent !== 'object' || parent === null) throw new Error(`nothing holds ${name}`)
  if (!Array.isArray(parent)) {
    Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true })
    return
  }
  const index = name === '-' ? parent.length : Number(name)
  if (!(index >= 0 && index <= parent.length)) throw new Error(`there is no place ${name}`)
  parent.splice(index, 0, value)
}
