// The cgroup below which a node's kubelet keeps all its pods: one name, in every hierarchy that the machine has.
import { access, copyFile, mkdir, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

const root = '/sys/fs/cgroup'

/** Folders to make and to remove. @param name of the node, also for the kubelet's `cgroupRoot`. */
export async function listControlGroups(name: string): Promise<readonly string[]> {
  if (await isUnified()) return [join(root, name)]
  const entries = await readdir(root, { withFileTypes: true })
  return entries.filter(entry => entry.isDirectory()).map(entry => join(root, entry.name, name))
}

export async function makeControlGroups(folders: readonly string[]): Promise<void> {
  for (const folder of folders) await mkdir(folder)
  if (await isUnified()) await delegate(folders)
  else await Promise.all(folders.filter(folder => folder.startsWith(`${root}/cpuset/`)).map(fillCpuset))
}

/** Version 2 has one hierarchy for all controllers. */
async function isUnified(): Promise<boolean> {
  return access(join(root, 'cgroup.controllers')).then(
    () => true,
    () => false,
  )
}

/** A group gets the controllers that its parent hands down. What the machine withholds the kubelet will name. */
async function delegate(folders: readonly string[]): Promise<void> {
  for (const folder of [root, ...folders]) {
    for (const controller of ['cpu', 'cpuset', 'io', 'memory', 'pids']) {
      await writeFile(join(folder, 'cgroup.subtree_control'), `+${controller}`).catch(() => undefined)
    }
  }
}

/** In version 1 a new cpuset is empty, and nothing can run in it. */
async function fillCpuset(folder: string): Promise<void> {
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    await copyFile(join(root, 'cpuset', file), join(folder, file))
  }
}
