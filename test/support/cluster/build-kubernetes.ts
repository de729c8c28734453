// Builds the control plane from Go modules into the cache, once for every state of its sources.
import { fileURLToPath } from 'node:url'
import { buildGoProgram, type GoBuild, type GoBuildOptions } from '../go-build/build-go-program.ts'
import { kubernetesVersion, linkerFlags } from './kubernetes-version.ts'

/** Finds an earlier build of the same sources, or makes one. @throws Error when the compiler refuses. */
export function buildKubernetes(options: GoBuildOptions): Promise<GoBuild> {
  return buildGoProgram({
    ...options,
    name: `Kubernetes ${kubernetesVersion.full}`,
    sources: fileURLToPath(new URL('./kubernetes', import.meta.url)),
    outputs: ['kubernetes', 'etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'],
    ldflags: linkerFlags,
    cost: 'takes five to fifteen minutes on two cores, and 0.6 GB of modules and 2 GB of compiler cache',
  })
}
