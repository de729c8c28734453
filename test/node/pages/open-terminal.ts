// A person at a shell with a page at hand: kubectl, Helm and the files that the pages speak of are there, and what was typed is known.
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { renderInstallManifest } from '../../../build/install-manifest/render-install-manifest.ts'
import { repositoryRoot } from '../../support/child-process.ts'
import { findHelm } from '../../support/helm/find-helm.ts'
import { apiServiceAddress } from '../../support/node/addresses.ts'
import { type CommandResult, runCommand } from '../../support/node/run-command.ts'
import type { RealNode } from '../../support/node/start-real-node.ts'

/** Longer than Helm waits by itself. */
const withinMs = 330_000

export interface Terminal {
  /**
   * @returns what it printed; undefined: it needs a program that this machine does not have, which is told.
   * @throws Error with what it said, unless it ends well.
   */
  type(command: string): Promise<string | undefined>
  /** The same, where a port of a pod is one of 127.0.0.1 for as long as the command runs. */
  typeBeside(forward: string, command: string): Promise<string | undefined>
  /** A file in the folder in which commands are typed. */
  write(name: string, text: string): Promise<void>
}

type Environment = Readonly<Record<string, string>>

/** @param variables what the pages take for set, such as a key. */
export async function openTerminal(node: RealNode, variables: Environment): Promise<Terminal> {
  const folder = join(node.folder, 'terminal')
  const environment = { ...variables, ...(await prepareFolder(node, folder)) }
  return {
    write: (name, text) => writeFile(join(folder, name), text),
    async type(command) {
      if (await isBeyond(command, environment)) return undefined
      return outputOf(command, await runCommand({ environment, folder, withinMs }, 'sh', '-c', command))
    },
    async typeBeside(forward, command) {
      if (await isBeyond(command, environment)) return undefined
      const inside = { ...environment, KUBECONFIG: join(folder, insideAccess) }
      const settings = Object.entries(inside).map(([name, value]) => `${name}=${value}`)
      const script = besideScript(forward, command)
      const result = await node.inside('env', `--chdir=${folder}`, ...settings, 'sh', '-c', script)
      return outputOf(`${forward}\n${command}`, result)
    },
  }
}

const insideAccess = 'kubeconfig-inside'

/** Programs and files as a checkout has them. @returns the environment in which they are found. */
async function prepareFolder(node: RealNode, folder: string): Promise<Environment> {
  const programs = join(folder, 'bin')
  await mkdir(programs, { recursive: true })
  await mkdir(join(folder, 'dist'))
  await symlink(join(repositoryRoot, 'charts'), join(folder, 'charts'))
  await symlink(node.programs.kubectl, join(programs, 'kubectl'))
  const { path: helm } = await findHelm({ environment: process.env, tell: () => undefined })
  if (helm.includes('/')) await symlink(helm, join(programs, 'helm'))
  await writeFile(join(folder, 'dist/install.yaml'), await renderInstallManifest(helm))
  // In the node's network the ports of 127.0.0.1 are nobody else's, and the API server has another address.
  const access = (await readFile(node.kubeconfig, 'utf8')).replaceAll(
    node.url,
    `https://${apiServiceAddress}`,
  )
  await writeFile(join(folder, insideAccess), access, { mode: 0o600 })
  return { HOME: folder, KUBECONFIG: node.kubeconfig, PATH: `${programs}:${process.env['PATH'] ?? ''}` }
}

async function isBeyond(command: string, environment: Environment): Promise<boolean> {
  for (const part of command.split(/ \| (?=\w+ )/)) {
    const [program = ''] = part.trim().split(' ')
    const { code } = await runCommand({ environment }, 'sh', '-c', `command -v ${program}`)
    if (code === 0) continue
    process.stderr.write(`not run, as this machine has no ${program}: ${command}\n`)
    return true
  }
  return false
}

/** The log of an earlier one must not speak for this one, nor its port be taken while it ends. */
function besideScript(forward: string, command: string): string {
  return `
    rm -f forward.log
    ${forward} > forward.log 2>&1 &
    trap 'kill $!; wait $!' EXIT
    until grep -qs Forwarding forward.log; do kill -0 $! || { cat forward.log >&2; exit 1; }; sleep 0.1; done
    ${command}`
}

/** "no" is an answer, though kubectl ends with 1; and the end of a pipe says nothing of its beginning. */
function outputOf(command: string, { code, stdout, stderr }: CommandResult): string {
  const isAnswer = /^kubectl auth can-i /.test(command) && stdout.trim() === 'no'
  if (isAnswer || (code === 0 && !/^error/im.test(stderr))) return stdout
  throw new Error(`${command} ended with ${code}: ${stderr}${stdout}`)
}
