// What an injected pod says about itself.
import type { ContainerChoice } from './choose-variables.ts'
import { isSidecar } from './is-sidecar.ts'
import { annotations, volumes } from './names.ts'
import type { PodReading } from './read-pod.ts'
import type { SkipCode } from './skip-reasons.ts'
import { memberOf, textOf } from './untrusted.ts'

/** Lets the cluster autoscaler move the pod although it has a volume that is not stored anywhere. */
const safeVolumes = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'
/** Which container `kubectl logs` and `kubectl exec` mean when none is named. */
const defaultContainer = 'kubectl.kubernetes.io/default-container'

export interface InjectionFacts {
  readonly choices: readonly ContainerChoice[]
  readonly version: string
}

type Annotations = Readonly<Record<string, string>>

/** Those that are to be set; what is right already is left out. What a pod brings of ours, from a copy or made up, does not stay. */
export function annotationsFor(reading: PodReading, { choices, version }: InjectionFacts): Annotations {
  const current = (name: string) => textOf(memberOf(reading.annotations, name))
  const earlier = reading.containers.some(isSidecar) ? current(annotations.version) : ''
  const [app] = choices.filter(({ container }) => container.list === 'containers')
  return changesOf(reading, {
    [annotations.injection]: 'injected',
    // Of the operator that put the container in, which may have been an earlier one.
    [annotations.version]: earlier || version,
    [annotations.keptVariables]: nameAll(choices, 'kept'),
    [annotations.exposedKeys]: nameAll(choices, 'exposed'),
    [defaultContainer]: current(defaultContainer) || (app?.container.name ?? ''),
    [safeVolumes]: addSafeVolume(current(safeVolumes)),
  })
}

/** Of a pod without the sidecar: why, and nothing that it may have said when it had one. */
export function annotationsForSkipped(reading: PodReading, code: SkipCode): Annotations {
  return changesOf(reading, {
    [annotations.injection]: `skipped: ${code}`,
    [annotations.version]: '',
    [annotations.keptVariables]: '',
    [annotations.exposedKeys]: '',
  })
}

/** Empty is as good as not there. */
function changesOf(reading: PodReading, wanted: Annotations): Annotations {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => value !== textOf(memberOf(reading.annotations, name))),
  )
}

function nameAll(choices: readonly ContainerChoice[], list: 'kept' | 'exposed'): string {
  return choices
    .flatMap(({ container, choice }) => choice[list].map(name => `${container.name}/${name}`))
    .join(',')
}

function addSafeVolume(value: string): string {
  const names = value.split(',').map(name => name.trim())
  if (names.includes(volumes.state)) return value
  return [...names.filter(name => name !== ''), volumes.state].join(',')
}
