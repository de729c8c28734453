// Runs inside a node's namespaces: the control plane and the node's programs, until whoever started it closes its input.
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { startControlPlane } from '../../cluster/control-plane.ts'
import { writeControlPlaneFiles } from '../../cluster/control-plane-files.ts'
import type { ProcessGuard } from '../../cluster/process-guard.ts'
import { apiServiceAddress, apiSocketName, nodeAddress } from '../addresses.ts'
import { carryConnections } from '../carry-connections.ts'
import type { NodeOrder, NodeReport } from '../node-order.ts'
import { apiServerFlags } from './configurations.ts'
import { writeNodeFiles } from './node-files.ts'
import { startNodeServers } from './node-servers.ts'

/** Nothing outlives the namespaces, so nobody has to watch. */
const guard: ProcessGuard = {
  watch: () => undefined,
  forget: () => undefined,
  close: async () => undefined,
}

async function run(order: NodeOrder): Promise<NodeReport> {
  const files = await writeControlPlaneFiles(order.folder, [apiServiceAddress, nodeAddress])
  const { path } = files
  // The API server reads the key with which it calls the kubelet, so that one is there before.
  const writeAccess = await writeNodeFiles({ order, files })
  const plane = await startControlPlane({
    binaries: { ...order.controlPlane, origin: 'the control plane of the node' },
    files,
    guard,
    controllerManager: 'running',
    apiServerFlags: apiServerFlags(path),
  })
  await writeAccess(plane.url)
  await startNodeServers({ order, guard, path })
  const target = { host: '127.0.0.1', port: Number(new URL(plane.url).port) }
  await carryConnections({ path: join(order.folder, apiSocketName) }, target)
  return { kind: 'started', ca: files.certificates.ca, adminToken: files.adminToken }
}

const ended = text(process.stdin).catch(() => '')
void ended.then(() => process.exit(0))
const order: NodeOrder = JSON.parse(process.argv[2] ?? '')
const report = await run(order).catch(
  (error: Error): NodeReport => ({ kind: 'failed', message: error.stack ?? error.message }),
)
process.stdout.write(`${JSON.stringify(report)}\n`)
