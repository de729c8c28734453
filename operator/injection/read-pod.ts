// The parts of a pod that injection looks at, with their places in it.
import { type Fields, fieldsOf, listOf, memberOf, textOf } from './untrusted.ts'

export interface PodReading {
  readonly labels: Fields
  readonly annotations: Fields
  readonly spec: Fields
  /** In the order in which they start. */
  readonly containers: readonly ContainerReading[]
  readonly volumes: readonly Fields[]
}

export interface ContainerReading {
  readonly list: ContainerList
  readonly index: number
  readonly name: string
  readonly fields: Fields
}

const lists = ['initContainers', 'containers', 'ephemeralContainers'] as const
export type ContainerList = (typeof lists)[number]

export interface VariableReading {
  readonly index: number
  readonly name: string
  /** Undefined: it comes from elsewhere (`valueFrom`). A variable without a value is empty. */
  readonly value: string | undefined
}

/** Never throws. */
export function readPod(pod: unknown): PodReading {
  const metadata = fieldsOf(fieldsOf(pod)['metadata'])
  const spec = fieldsOf(fieldsOf(pod)['spec'])
  return {
    labels: fieldsOf(metadata['labels']),
    annotations: fieldsOf(metadata['annotations']),
    spec,
    containers: lists.flatMap(list => readContainers(list, spec[list])),
    volumes: listOf(spec['volumes']).map(fieldsOf),
  }
}

function readContainers(list: ContainerList, value: unknown): readonly ContainerReading[] {
  return listOf(value).map((container, index) => {
    const fields = fieldsOf(container)
    return { list, index, name: textOf(fields['name']), fields }
  })
}

export function readVariables(container: Fields): readonly VariableReading[] {
  return listOf(container['env']).map((variable, index) => {
    const fields = fieldsOf(variable)
    const isElsewhere = typeof fields['valueFrom'] === 'object' && fields['valueFrom'] !== null
    return { index, name: textOf(fields['name']), value: isElsewhere ? undefined : textOf(fields['value']) }
  })
}

/** Variables may come from ConfigMaps and Secrets whose content a webhook does not see. */
export function hasUnseenVariables(container: Fields): boolean {
  return listOf(container['envFrom']).length > 0
}

/** Empty when it is not there, or no text. */
export function textAt(fields: Fields, name: string): string {
  return textOf(memberOf(fields, name))
}
