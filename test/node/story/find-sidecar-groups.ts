// The cgroups of a pod's sidecar: one in each hierarchy that the machine has.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { RealNode } from '../../support/node/start-real-node.ts'
import type { JsonRecord } from '../../support/simulated-vendors/json.ts'
import { sidecarStatusOf } from './stage.ts'

/** @throws Error when the node has no container of this id. */
export async function findSidecarGroups(node: RealNode, pod: JsonRecord): Promise<readonly string[]> {
  const id = String(sidecarStatusOf(pod)['containerID']).replace('containerd://', '')
  const found: string[] = []
  for (const root of node.controlGroups) {
    const entries = await readdir(root, { recursive: true, withFileTypes: true })
    const group = entries.find(entry => entry.isDirectory() && entry.name.includes(id))
    if (group !== undefined) found.push(join(group.parentPath, group.name))
  }
  if (found.length === 0) throw new Error(`no cgroup of container ${id} is on this node`)
  return found
}

/** As this machine numbers its processes, not as the pod does. */
export async function listSidecarProcesses(node: RealNode, pod: JsonRecord): Promise<readonly number[]> {
  const [group = ''] = await findSidecarGroups(node, pod)
  const list = await readFile(join(group, 'cgroup.procs'), 'utf8')
  return list.trim().split('\n').map(Number)
}
