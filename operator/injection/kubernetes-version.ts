// Whether the API server knows native sidecars: older ones drop `restartPolicy` in silence, and the pod would never start.
import { fieldsOf, textOf } from './untrusted.ts'

export type KubernetesVersion =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'known'; readonly major: number; readonly minor: number }

const oldest = { major: 1, minor: 29 }
export const oldestKubernetes = `${oldest.major}.${oldest.minor}`

/** @param answer of `/version`, whose numbers may end in signs of a vendor, such as `29+`. */
export function readKubernetesVersion(answer: unknown): KubernetesVersion {
  const { major: majorText, minor: minorText } = fieldsOf(answer)
  const major = Number.parseInt(textOf(majorText), 10)
  const minor = Number.parseInt(textOf(minorText), 10)
  return Number.isNaN(major) || Number.isNaN(minor) ? { kind: 'unknown' } : { kind: 'known', major, minor }
}

/** One that is not known yet gets the benefit of the doubt. */
export function hasNativeSidecars(version: KubernetesVersion): boolean {
  if (version.kind === 'unknown') return true
  return version.major > oldest.major || (version.major === oldest.major && version.minor >= oldest.minor)
}
