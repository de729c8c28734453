// A real cluster of one node for a file of tests: it runs pods, and leaves nothing behind.
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { writeOciImage } from '../../../build/images/write-oci-image.ts'
import { type ApiClient, createApiClient } from '../cluster/api-client.ts'
import { kubeconfigText } from '../cluster/control-plane-files.ts'
import { findBinaries } from '../cluster/find-binaries.ts'
import { type ProcessGuard, startProcessGuard } from '../cluster/process-guard.ts'
import { eventually } from '../eventually.ts'
import { recordOf, recordsOf } from '../simulated-vendors/json.ts'
import { apiSocketName, containerdClient, nodeName } from './addresses.ts'
import { buildNodePrograms } from './build-programs.ts'
import { carryConnections } from './carry-connections.ts'
import { checkMachine } from './check-machine.ts'
import { listControlGroups, makeControlGroups } from './control-groups.ts'
import { type NodeOrder, pauseReference } from './node-order.ts'
import { createOutsideCommands, type OutsideCommands } from './outside-commands.ts'
import { type CommandResult, mustRun, runCommand } from './run-command.ts'
import { type Holder, startHolder } from './start-holder.ts'

const readyWithinMs = 120_000

export interface RealNode extends OutsideCommands {
  /** Of the API server, on this machine's loopback. */
  readonly url: string
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string
  /** Paths of the programs that talk to the cluster from outside. */
  readonly programs: { readonly kubectl: string }
  /** Goes away with the node; kubectl works in it. */
  readonly folder: string
  /** Of the node's pods, in every hierarchy of cgroups. */
  readonly controlGroups: readonly string[]
  readonly adminRequest: ApiClient['request']
  /** Rejects when the server refuses. */
  readonly adminExpect: ApiClient['expect']
  /** Takes the images of an OCI layout in a tar file. */
  importImage(file: string): Promise<void>
  /** A command where the addresses of pods and Services exist. */
  inside(...command: readonly string[]): Promise<CommandResult>
  /** The last lines of every program's log. */
  logs(): Promise<string>
  stop(): Promise<void>
}

const tell = (sentence: string) => void process.stderr.write(`${sentence}\n`)

/** @throws Error that says what the machine lacks, or what the node's programs said. */
export async function startRealNode(): Promise<RealNode> {
  const machine = await checkMachine()
  const { controllerManager, ...controlPlane } = await findBinaries({ environment: process.env, tell })
  if (controllerManager === undefined) {
    throw new Error(
      `a node needs kube-controller-manager, which is not among the programs ${controlPlane.origin}; unset KUBEBUILDER_ASSETS and have Go build one that is`,
    )
  }
  const { pause, ...programs } = await buildNodePrograms(tell)
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-node-'))
  const controlGroup = basename(folder)
  const controlGroups = await listControlGroups(controlGroup)
  const guard = startProcessGuard(folder, controlGroups)
  const order: NodeOrder = {
    ...{ folder, controlGroup, ...machine, programs },
    controlPlane: { ...controlPlane, controllerManager },
    pauseImage: join(folder, 'pause.tar'),
  }
  try {
    await makeControlGroups(controlGroups)
    await writePauseImage(order.pauseImage, pause)
    const holder = await startHolder(order, guard)
    return await openNode({ order, controlGroups, guard, holder })
  } catch (error) {
    await guard.close()
    throw error
  }
}

async function writePauseImage(file: string, program: string): Promise<void> {
  await writeOciImage({
    file,
    reference: pauseReference,
    files: [{ kind: 'copied', path: '/pause', source: program, mode: 0o755 }],
    config: { User: '65535:65535', Entrypoint: ['/pause'] },
  })
}

interface Parts {
  readonly order: NodeOrder
  readonly controlGroups: readonly string[]
  readonly guard: ProcessGuard
  readonly holder: Holder
}

async function openNode(parts: Parts): Promise<RealNode> {
  const { order, holder, guard, controlGroups } = parts
  const { folder } = order
  const carrier = await carryConnections(
    { host: '127.0.0.1', port: 0 },
    { path: join(folder, apiSocketName) },
  )
  const server = { url: `https://127.0.0.1:${carrier.port}`, ca: holder.ca }
  const api = createApiClient({ ...server, token: holder.adminToken })
  const kubeconfig = join(folder, 'kubeconfig', 'admin')
  await writeFile(kubeconfig, kubeconfigText(server, { token: holder.adminToken }), { mode: 0o600 })
  await awaitNode(api)
  return {
    ...{ url: server.url, kubeconfig, folder, controlGroups },
    programs: { kubectl: order.controlPlane.kubectl },
    adminRequest: api.request,
    adminExpect: api.expect,
    ...createOutsideCommands({ kubectl: order.controlPlane.kubectl, kubeconfig, folder, tell }),
    ...insideOf(parts),
    logs: () => readLogs(folder),
    async stop() {
      await api.close()
      await carrier.close()
      await holder.stop()
      await guard.close()
    },
  }
}

/** Pods can run, and their ServiceAccount is there. */
async function awaitNode(api: ApiClient): Promise<void> {
  const look = async () => {
    const { body } = await api.request('GET', `/api/v1/nodes/${nodeName}`)
    const conditions = recordsOf(recordOf(body['status'])['conditions'])
    return conditions.some(({ type, status }) => type === 'Ready' && status === 'True') || undefined
  }
  await eventually('the node is ready', look, readyWithinMs)
  const account = '/api/v1/namespaces/default/serviceaccounts/default'
  const exists = async () => (await api.request('GET', account)).status === 200 || undefined
  await eventually('the default ServiceAccount exists', exists, readyWithinMs)
}

function insideOf({ order, holder }: Parts): Pick<RealNode, 'importImage' | 'inside'> {
  const environment = { PATH: order.path, HOME: order.folder }
  const enter = ['--target', String(holder.pid), '--net', '--mount', '--pid', '--uts', '--ipc']
  return {
    inside: (...command) => runCommand({ environment }, 'nsenter', ...enter, ...command),
    async importImage(file) {
      const options = { environment, withinMs: 180_000 }
      await mustRun(options, 'nsenter', ...enter, 'ctr', ...containerdClient, 'images', 'import', file)
    },
  }
}

async function readLogs(folder: string): Promise<string> {
  const names = (await readdir(join(folder, 'log'))).sort()
  const logs = await Promise.all(names.map(name => readFile(join(folder, 'log', name), 'utf8')))
  return names
    .map((name, at) => `--- ${name}\n${(logs[at] ?? '').trimEnd().split('\n').slice(-40).join('\n')}`)
    .join('\n')
}
