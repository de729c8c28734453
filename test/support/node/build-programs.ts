// The programs of a node that come from Go modules: built once into the user's cache, as the control plane is.
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kubernetesVersion, linkerFlags } from '../cluster/kubernetes-version.ts'
import { buildGoProgram, cacheFolder, type GoProgram } from '../go-build/build-go-program.ts'

export interface NodePrograms {
  readonly kubelet: string
  readonly proxy: string
  readonly scheduler: string
  readonly coredns: string
  readonly pause: string
}

const kubernetesParts: GoProgram = {
  name: `the node's part of Kubernetes ${kubernetesVersion.full}`,
  sources: sourcesOf('programs'),
  outputs: ['node-programs', 'kubelet', 'kube-proxy', 'kube-scheduler'],
  ldflags: linkerFlags,
  cost: 'takes a minute or two beside a built control plane and ten without',
}

const coredns: GoProgram = {
  name: 'CoreDNS 1.15.0',
  sources: sourcesOf('coredns'),
  mainPackage: 'github.com/coredns/coredns',
  outputs: ['coredns'],
  ldflags: '-s -w',
  cost: 'takes three minutes on two cores',
}

const pause: GoProgram = {
  name: 'the pause program',
  sources: sourcesOf('pause'),
  outputs: ['pause'],
  ldflags: '-s -w',
  cost: 'takes a second',
}

/** One after the other: each build takes all cores. @throws Error that says what is missing. */
export async function buildNodePrograms(tell: (sentence: string) => void): Promise<NodePrograms> {
  const parts = await build(kubernetesParts, tell)
  const names = await build(coredns, tell)
  const pod = await build(pause, tell)
  return {
    kubelet: join(parts, 'kubelet'),
    proxy: join(parts, 'kube-proxy'),
    scheduler: join(parts, 'kube-scheduler'),
    coredns: join(names, 'coredns'),
    pause: join(pod, 'pause'),
  }
}

async function build(program: GoProgram, tell: (sentence: string) => void): Promise<string> {
  const cache = cacheFolder(process.env, 'node')
  const built = await buildGoProgram({ ...program, cache, environment: process.env, tell })
  if (built.kind === 'found') return built.folder
  throw new Error(
    `A real node needs ${program.name}, and there is no Go that could build it: install Go 1.26 or newer (https://go.dev/dl/) and run again. Tried: ${built.reason}.`,
  )
}

function sourcesOf(name: string): string {
  return fileURLToPath(new URL(`./${name}`, import.meta.url))
}
