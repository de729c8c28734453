// Which Kubernetes this is: asked until it is known, once.
import { type KubernetesVersion, readKubernetesVersion } from '../injection/kubernetes-version.ts'
import type { Cancel, Clock, ObjectClient } from '../reconcile/ports.ts'

const askAgainMs = 5_000

export interface KubernetesVersionSource {
  current(): KubernetesVersion
  start(): void
  stop(): void
}

export function followKubernetesVersion(
  objects: Pick<ObjectClient, 'read'>,
  clock: Clock,
): KubernetesVersionSource {
  let version: KubernetesVersion = { kind: 'unknown' }
  let state: 'idle' | 'asking' | 'stopped' = 'idle'
  let cancel: Cancel = () => undefined

  const settle = () => {
    if (state === 'asking' && version.kind === 'unknown') cancel = clock.schedule(askAgainMs, ask)
  }
  const ask = () => {
    objects.read('/version').then(
      answer => {
        version = readKubernetesVersion(answer)
        settle()
      },
      // The API server is away, which others report already.
      settle,
    )
  }
  return {
    current: () => version,
    start() {
      if (state !== 'idle') return
      state = 'asking'
      ask()
    },
    stop() {
      state = 'stopped'
      cancel()
    },
  }
}
