// Takes the memory of a pod's sidecar away, from outside, as a neighbour or a leak would: the kernel's killer does the rest.
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../../support/eventually.ts'
import type { RealNode } from '../../support/node/start-real-node.ts'
import { type JsonRecord, numberOf, recordOf, recordsOf } from '../../support/simulated-vendors/json.ts'
import { findSidecarGroups } from './find-sidecar-groups.ts'
import { sidecarStatusOf } from './stage.ts'

const withinMs = 120_000
const stepBytes = 1024 * 1024

interface MemoryFiles {
  readonly usage: string
  readonly limit: string
}

/** Of both versions of cgroups. */
const known: readonly MemoryFiles[] = [
  { usage: 'memory.current', limit: 'memory.max' },
  { usage: 'memory.usage_in_bytes', limit: 'memory.limit_in_bytes' },
]

export async function exhaustMemory(node: RealNode, pod: JsonRecord): Promise<void> {
  const { folder, files } = await findMemory(node, pod)
  let limit = Number.POSITIVE_INFINITY
  /** Version 1 refuses a limit below what cannot be given back. */
  const lowerTo = async (wanted: number) => {
    if (wanted >= limit) return false
    const isTaken = await writeFile(join(folder, files.limit), String(Math.floor(wanted))).then(
      () => true,
      () => false,
    )
    if (isTaken) limit = wanted
    return isTaken
  }
  const look = async () => {
    const usage = Number(await readFile(join(folder, files.usage), 'utf8').catch(() => 0))
    if (usage > 0 && !(await lowerTo(usage - stepBytes)) && !(await lowerTo(usage + stepBytes))) {
      await askForMuch(node, pod)
    }
    return hasEnded(node, pod)
  }
  await eventually('the kernel has ended the sidecar', look, withinMs)
}

async function findMemory(
  node: RealNode,
  pod: JsonRecord,
): Promise<{ readonly folder: string; readonly files: MemoryFiles }> {
  for (const folder of await findSidecarGroups(node, pod)) {
    const names = await readdir(folder)
    const files = known.find(({ limit }) => names.includes(limit))
    if (files !== undefined) return { folder, files }
  }
  throw new Error('the sidecar has no cgroup that limits its memory')
}

/** A prompt of 8 MB, which the sidecar has to hold. Whether it is answered does not matter. */
async function askForMuch(node: RealNode, pod: JsonRecord): Promise<void> {
  const script = `
    const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'long '.repeat(1.6e6) }] })
    const signal = AbortSignal.timeout(3000)
    await fetch('http://127.0.0.1:8787/v1/chat/completions', { method: 'POST', body, signal }).catch(() => 0)`
  const { namespace, name } = recordOf(pod['metadata'])
  const place = ['-n', String(namespace), String(name), '-c', 'app']
  const program = ['/usr/local/bin/node', '--input-type=module', '-e', script]
  await node.kubectl({}, 'exec', ...place, '--', ...program)
}

async function hasEnded(node: RealNode, pod: JsonRecord): Promise<true | undefined> {
  const { namespace, name } = recordOf(pod['metadata'])
  const now = await node.adminExpect('GET', `/api/v1/namespaces/${namespace}/pods/${name}`)
  const restarts = (one: JsonRecord) => numberOf(sidecarStatusOf(one)['restartCount']) ?? 0
  const ends = recordsOf([recordOf(sidecarStatusOf(now)['state'])['terminated']])
  return restarts(now) > restarts(pod) || ends.length > 0 || undefined
}
