// A temporary folder of policy files, written the way editors and Kubernetes write them.
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PolicyFolder {
  readonly path: string
  /** Writes the file whole and puts it in place in one step. */
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  dispose(): Promise<void>
}

export async function createPolicyFolder(files: Readonly<Record<string, string>>): Promise<PolicyFolder> {
  const base = await mkdtemp(join(tmpdir(), 'llm-fallback-policy-'))
  const path = join(base, 'policy')
  await mkdir(path)
  let written = 0
  const write = async (name: string, text: string) => {
    written += 1
    const draft = join(base, `draft-${written}`)
    await writeFile(draft, text)
    await rename(draft, join(path, name))
  }
  for (const [name, text] of Object.entries(files)) await write(name, text)
  return {
    path,
    write,
    remove: name => rm(join(path, name)),
    dispose: () => rm(base, { recursive: true, force: true }),
  }
}

export interface MountedFolder {
  readonly path: string
  /** Replaces all files at once, as the kubelet does: a new folder, then the `..data` link. */
  swap(files: Readonly<Record<string, string>>): Promise<void>
  dispose(): Promise<void>
}

/** A folder like a mounted ConfigMap: each file is a link through `..data` to the folder of the day. */
export async function createMountedFolder(files: Readonly<Record<string, string>>): Promise<MountedFolder> {
  const path = await mkdtemp(join(tmpdir(), 'llm-fallback-mount-'))
  let generation = 0
  const swap = async (next: Readonly<Record<string, string>>) => {
    const before = `..generation-${generation}`
    generation += 1
    const current = `..generation-${generation}`
    await mkdir(join(path, current))
    for (const [name, text] of Object.entries(next)) await writeFile(join(path, current, name), text)
    await symlink(current, join(path, '..data_tmp'))
    await rename(join(path, '..data_tmp'), join(path, '..data'))
    await rm(join(path, before), { recursive: true, force: true })
  }
  await swap(files)
  for (const name of Object.keys(files)) await symlink(join('..data', name), join(path, name))
  return { path, swap, dispose: () => rm(path, { recursive: true, force: true }) }
}
