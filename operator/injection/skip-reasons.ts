// Pods that cannot have a sidecar. They come up as they were asked for, and it is told that they did, and why.
import { hasNativeSidecars, type KubernetesVersion, oldestKubernetes } from './kubernetes-version.ts'
import { labels, ports, sidecarName } from './names.ts'
import type { PodReading } from './read-pod.ts'
import { type Fields, fieldsOf, listOf, memberOf } from './untrusted.ts'

export type SkipCode =
  | 'OptedOut'
  | 'StaticPod'
  | 'HostNetwork'
  | 'Windows'
  | 'UnsupportedKubernetes'
  | 'PortConflict'

export interface SkipReason {
  readonly code: SkipCode
  /** Undefined where it was asked for: there is nobody to warn. */
  readonly warning?: string
}

type SkipRule = (pod: PodReading, kubernetes: KubernetesVersion) => SkipReason | undefined

const skipRules: readonly SkipRule[] = [
  optedOut,
  staticPod,
  hostNetwork,
  windows,
  unsupportedKubernetes,
  portConflict,
]

export function findSkipReason(pod: PodReading, kubernetes: KubernetesVersion): SkipReason | undefined {
  for (const rule of skipRules) {
    const reason = rule(pod, kubernetes)
    if (reason !== undefined) return reason
  }
  return undefined
}

function optedOut(pod: PodReading): SkipReason | undefined {
  return memberOf(pod.labels, labels.pod) === 'false' ? { code: 'OptedOut' } : undefined
}

/** The kubelet runs it from a file, and has done so already: this object is only its mirror. */
function staticPod({ annotations }: PodReading): SkipReason | undefined {
  if (memberOf(annotations, 'kubernetes.io/config.mirror') === undefined) return undefined
  return { code: 'StaticPod' }
}

function hostNetwork({ spec }: PodReading): SkipReason | undefined {
  if (spec['hostNetwork'] !== true) return undefined
  return {
    code: 'HostNetwork',
    warning: 'spec.hostNetwork: every pod of the node would reach a sidecar at its loopback address',
  }
}

function windows({ spec, containers }: PodReading): SkipReason | undefined {
  const system = memberOf(fieldsOf(spec['nodeSelector']), 'kubernetes.io/os')
  const everyone = [spec, ...containers.map(({ fields }) => fields)]
  const isWindows =
    fieldsOf(spec['os'])['name'] === 'windows' ||
    system === 'windows' ||
    (system === undefined && everyone.some(hasWindowsOptions)) ||
    findsWindowsOnly(fieldsOf(fieldsOf(spec['affinity'])['nodeAffinity']))
  return isWindows ? { code: 'Windows', warning: 'the sidecar is a program for Linux' } : undefined
}

/** Of no use but on Windows, and refused by Kubernetes where `os` says something else. */
function hasWindowsOptions(podOrContainer: Fields): boolean {
  const options = fieldsOf(fieldsOf(podOrContainer['securityContext'])['windowsOptions'])
  return Object.keys(options).length > 0
}

/** Each of the terms, any of which is enough for the scheduler. */
function findsWindowsOnly({ requiredDuringSchedulingIgnoredDuringExecution: required }: Fields): boolean {
  const terms = listOf(fieldsOf(required)['nodeSelectorTerms']).map(fieldsOf)
  return terms.length > 0 && terms.every(term => listOf(term['matchExpressions']).some(isWindowsAlone))
}

function isWindowsAlone(expression: unknown): boolean {
  const { key, operator, values } = fieldsOf(expression)
  const [value, ...more] = listOf(values)
  return key === 'kubernetes.io/os' && operator === 'In' && value === 'windows' && more.length === 0
}

function unsupportedKubernetes(_pod: PodReading, version: KubernetesVersion): SkipReason | undefined {
  if (hasNativeSidecars(version)) return undefined
  return {
    code: 'UnsupportedKubernetes',
    warning: `native sidecars need Kubernetes ${oldestKubernetes} or later`,
  }
}

function portConflict({ containers }: PodReading): SkipReason | undefined {
  const taken: readonly unknown[] = Object.values(ports)
  const other = containers.find(
    ({ name, fields }) =>
      name !== sidecarName && listOf(fields['ports']).some(port => isTaken(fieldsOf(port), taken)),
  )
  if (other === undefined) return undefined
  return {
    code: 'PortConflict',
    warning: `container ${other.name} declares port ${taken.join(' or ')}, where the sidecar listens; give it another one`,
  }
}

function isTaken({ containerPort, protocol = 'TCP' }: Fields, taken: readonly unknown[]): boolean {
  return protocol === 'TCP' && taken.includes(containerPort)
}
