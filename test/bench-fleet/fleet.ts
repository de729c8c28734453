// The fleet as the benchmark sees it: pods and tokens in the cluster, simulated sidecars in a process of their own.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask, pathOf, startWorker, stopChild } from '../bench/processes.ts'
import type { Cluster } from '../support/cluster/start-cluster.ts'
import { inBatches } from './in-batches.ts'
import type { FleetAcks, FleetCount, FleetOrder } from './orders.ts'

export const namespace = 'fleet'
const audience = 'llm-fallback'
const tokenSeconds = 7_200
const lookEveryMs = 50

export interface Fleet {
  size(): number
  /** Adds pods with their sidecars until there are `size`. */
  growTo(size: number): Promise<void>
  count(generation: number): Promise<FleetCount>
  acks(generation: number): Promise<FleetAcks>
  /** Resolves with the milliseconds it took. @throws Error with what the fleet says of itself. */
  waitFor(what: string, isThere: (count: FleetCount) => boolean, generation: number): Promise<number>
  close(): Promise<void>
}

export interface FleetOptions {
  readonly cluster: Cluster
  /** Where the sidecars find the operator. */
  readonly url: string
  /** The operator's CA. */
  readonly ca: string
  readonly waitsAtMostMs: number
}

export async function openFleet(options: FleetOptions): Promise<Fleet> {
  const { cluster, url } = options
  const folder = join(cluster.folder, 'fleet')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const caFile = join(folder, 'ca.crt')
  await writeFile(caFile, options.ca)
  const worker = startWorker(pathOf('../bench-fleet/fleet-process.ts'))
  const order = <Answer>(one: FleetOrder) => ask<Answer>(worker, one)
  const count = (generation: number) => order<FleetCount>({ kind: 'count', generation })
  let size = 0
  return {
    size: () => size,
    count,
    acks: generation => order<FleetAcks>({ kind: 'acks', generation }),
    async growTo(wanted) {
      const names = Array.from({ length: wanted - size }, (_, at) => `pod-${size + at}`)
      const tokenFiles = await inBatches(names, name => createPod(cluster, folder, name))
      size = Math.max(size, wanted)
      await order({ kind: 'join', url, caFile, tokenFiles })
    },
    async waitFor(what, isThere, generation) {
      const startedAt = performance.now()
      for (;;) {
        const now = await count(generation)
        const tookMs = performance.now() - startedAt
        if (isThere(now)) return tookMs
        if (tookMs > options.waitsAtMostMs) throw new Error(`waited in vain: ${what}: ${JSON.stringify(now)}`)
        await sleep(lookEveryMs)
      }
    },
    close: () => stopChild(worker),
  }
}

/** @returns path of its token. */
async function createPod(cluster: Cluster, folder: string, name: string): Promise<string> {
  const pod = await cluster.createPod({ namespace, name, labels: { app: 'load' }, node: 'node-1' })
  const account = { namespace, name: 'default' }
  const token = await cluster.tokenFor(account, { audience, pod, seconds: tokenSeconds })
  const file = join(folder, `${name}.token`)
  await writeFile(file, token, { mode: 0o600 })
  return file
}
