// Pods that would get at the keys that the sidecar is there to keep from them. They are refused when they are made, where
// somebody reads the sentence, and not left without keys when they run.
import { judgePodShape, judgeSecrets } from './judge-pod-shape.ts'
import { sidecarName, volumes } from './names.ts'
import type { PodReading } from './read-pod.ts'
import type { ShapeCode } from './shape-verdict.ts'

export type RefusalCode = ShapeCode | 'NameTaken'

export interface RefusalReason {
  readonly code: RefusalCode
  readonly message: string
}

export interface RefusalContext {
  /** The pod as it came. */
  readonly pod: unknown
  readonly audience: string
  /** Of the image of the sidecar. */
  readonly repository: string
  readonly operatorUrl: string
}

/** Of a pod without our container. */
export function findRefusalReason(reading: PodReading, context: RefusalContext): RefusalReason | undefined {
  const { pod, audience, operatorUrl } = context
  const stranger = reading.containers.find(({ name }) => name === sidecarName)
  if (stranger !== undefined) {
    return nameTaken(`spec.${stranger.list}[${stranger.index}].name: ${sidecarName} is the sidecar's name`)
  }
  const own: readonly unknown[] = Object.values(volumes)
  const taken = reading.volumes.findIndex(({ name }) => own.includes(name))
  const foreignToken = judgeSecrets(reading, { audience })
  if (foreignToken.kind === 'unsound') return foreignToken
  if (taken !== -1) {
    return nameTaken(`spec.volumes[${taken}].name: ${own.join(' and ')} are the sidecar's volumes`)
  }
  const verdict = judgePodShape(pod, { audience, operatorUrl, sidecarImage: { kind: 'any' } })
  return verdict.kind === 'unsound' ? verdict : undefined
}

/** Of a pod that comes with our container, from an earlier turn of this webhook or from a backup. */
export function findForgery({ pod, repository, ...rules }: RefusalContext): RefusalReason | undefined {
  const verdict = judgePodShape(pod, { ...rules, sidecarImage: { kind: 'known', repository } })
  return verdict.kind === 'unsound' ? verdict : undefined
}

function nameTaken(message: string): RefusalReason {
  return { code: 'NameTaken', message: `${message}; choose another one` }
}
