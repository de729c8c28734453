import { sidecarName } from './names.ts'
import type { ContainerReading } from './read-pod.ts'

/** Ours is an init container: one of that name elsewhere is a stranger. */
export function isSidecar({ list, name }: Pick<ContainerReading, 'list' | 'name'>): boolean {
  return list === 'initContainers' && name === sidecarName
}
