// Custody as the rest of the operator knows it: one sentence for a pod whose sidecar may not hold keys.
import { repositoryOf } from '../injection/image-repository.ts'
import { judgePodShape, type ShapeRules } from '../injection/judge-pod-shape.ts'
import type { Settings } from '../settings.ts'

/** As sidecars are told it. */
export function operatorUrlOf(pushUrl: URL): string {
  return pushUrl.href.replace(/\/+$/, '')
}

export function judgePodsBy(settings: Settings): (pod: unknown) => string {
  const { tokenAudience: audience, pushUrl, sidecarImage, sidecarImageSource } = settings
  const rules: ShapeRules = {
    audience,
    operatorUrl: operatorUrlOf(pushUrl),
    sidecarImage:
      sidecarImageSource === 'given'
        ? { kind: 'known', repository: repositoryOf(sidecarImage) }
        : { kind: 'any' },
  }
  return pod => {
    const verdict = judgePodShape(pod, rules)
    return verdict.kind === 'sound' ? '' : `${verdict.code}: ${verdict.message}`
  }
}
