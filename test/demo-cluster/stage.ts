// Everything that the story needs, real but for the vendors: an API server, two operators, three sidecars, each a process.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type OperatorService, startOperatorService } from '../support/cluster/operator-service.ts'
import { type Cluster, type KubectlResult, type Pod, startCluster } from '../support/cluster/start-cluster.ts'
import { type PodSidecar, startPodSidecar } from '../support/cluster/start-pod-sidecar.ts'
import { startSimulatedAnthropic } from '../support/simulated-vendors/anthropic-vendor.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { namespace, type VendorKeys } from './manifests.ts'

export const podNames = ['assistant-1', 'assistant-2', 'assistant-3'] as const

export interface Stage {
  readonly cluster: Cluster
  readonly service: OperatorService
  /** One per pod. */
  readonly sidecars: readonly PodSidecar[]
  readonly openai: SimulatedVendor
  readonly anthropic: SimulatedVendor
  /** The keys that the vendors take at first. */
  readonly firstKeys: VendorKeys
  /** Where the story is told. */
  readonly teller: Teller
  /** A command line as a person types it, words parted by blanks; tells it and what it prints. */
  kubectl(line: string): Promise<KubectlResult>
  /** Puts a file where kubectl works. */
  write(name: string, text: string): Promise<void>
  close(): Promise<void>
}

/** How the story is heard: printed for a person, unheard in a test. */
export interface Teller {
  say(sentence: string): void
  showCommand(line: string): void
  showOutput(text: string): void
}

export async function openStage(teller: Teller): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = []
  const close = async () => {
    for (const step of undo.reverse()) await step()
  }
  const keep = async <Part>(start: Promise<Part>, stop: (part: Part) => Promise<unknown>): Promise<Part> => {
    const part = await start
    undo.push(() => stop(part))
    return part
  }
  try {
    const firstKeys = { openai: 'first-key-of-openai', anthropic: 'first-key-of-anthropic' }
    const openai = await keep(startSimulatedOpenAi({ apiKey: firstKeys.openai }), one => one.close())
    const anthropic = await keep(startSimulatedAnthropic({ apiKey: firstKeys.anthropic }), one => one.close())
    const cluster = await keep(startCluster(), one => one.stop())
    await cluster.applyCrds()
    await cluster.createNamespace(namespace)
    const environment = { LLM_FALLBACK_CREDENTIAL_NAMESPACES: namespace }
    const service = await keep(startOperatorService(cluster, 2, { environment }), one => one.close())
    const sidecars: PodSidecar[] = []
    for (const name of podNames) {
      const pod = await createPod(cluster, name)
      const start = startPodSidecar(cluster, { pod, pushUrl: service.pushUrl, waitFor: 'listening' })
      sidecars.push(await keep(start, one => one.stop()))
    }
    const parts = { cluster, service, sidecars, openai, anthropic, firstKeys, teller, close }
    return { ...parts, ...handsOn(cluster, teller) }
  } catch (error) {
    await close()
    throw error
  }
}

async function createPod(cluster: Cluster, name: string): Promise<Pod> {
  const pod = await cluster.createPod({ namespace, name, labels: { app: 'assistant' }, node: 'node-1' })
  await cluster.setPodRunning(pod)
  return pod
}

function handsOn(cluster: Cluster, teller: Teller): Pick<Stage, 'kubectl' | 'write'> {
  return {
    async kubectl(line) {
      teller.showCommand(`kubectl ${line}`)
      const result = await cluster.kubectl({}, ...line.split(' '))
      teller.showOutput(result.stdout + result.stderr)
      return result
    },
    write: (name, text) => writeFile(join(cluster.folder, name), text),
  }
}
