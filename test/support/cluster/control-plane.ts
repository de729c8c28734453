// etcd, the API server and, where asked for, the controller manager, as processes on loopback.
import { writeFile } from 'node:fs/promises'
import { Agent, request } from 'undici'
import { recordOf, textOf } from '../simulated-vendors/json.ts'
import { type ControlPlaneFiles, kubeconfigText } from './control-plane-files.ts'
import type { Binaries } from './find-binaries.ts'
import { findFreePorts } from './free-ports.ts'
import type { ProcessGuard } from './process-guard.ts'
import { PortTaken, type RunningServer, runServer } from './run-server.ts'

const attempts = 4

export interface ControlPlaneOptions {
  readonly binaries: Binaries
  readonly files: ControlPlaneFiles
  readonly guard: ProcessGuard
  /** Further flags of kube-apiserver. */
  readonly apiServerFlags: readonly string[]
  readonly controllerManager: 'absent' | 'running'
}

export interface ControlPlane {
  /** Stays the same when the API server is restarted. */
  readonly url: string
  /** Ends the API server at once; etcd keeps what was written. */
  stopApiServer(): Promise<void>
  startApiServer(): Promise<void>
  /** Drops etcd's history up to now. */
  compact(): Promise<void>
  stop(): Promise<void>
}

interface Ports {
  readonly client: number
  readonly peer: number
  readonly secure: number
}

/** Another run may take a port between its choice and its use: then with others. */
export async function startControlPlane(options: ControlPlaneOptions): Promise<ControlPlane> {
  for (let attempt = 1; ; attempt += 1) {
    const [client = 0, peer = 0, secure = 0] = await findFreePorts(3)
    try {
      return await startOn({ client, peer, secure }, options)
    } catch (error) {
      if (!(error instanceof PortTaken) || attempt === attempts) throw error
    }
  }
}

async function startOn(ports: Ports, options: ControlPlaneOptions): Promise<ControlPlane> {
  const url = `https://127.0.0.1:${ports.secure}`
  const etcd = await runEtcd(ports, options)
  let apiServer: RunningServer
  try {
    apiServer = await runApiServer(ports, options)
  } catch (error) {
    await etcd.kill()
    throw error
  }
  const controllerManager =
    options.controllerManager === 'running' ? await runControllerManager(url, options) : undefined
  return {
    url,
    stopApiServer: () => apiServer.kill(),
    async startApiServer() {
      if (apiServer.hasEnded()) apiServer = await runApiServer(ports, options)
    },
    compact: () => compact(`http://127.0.0.1:${ports.client}`),
    async stop() {
      await controllerManager?.kill()
      await apiServer.kill()
      await etcd.kill()
    },
  }
}

function runEtcd({ client, peer }: Ports, { binaries, files, guard }: ControlPlaneOptions) {
  const clientUrl = `http://127.0.0.1:${client}`
  const peerUrl = `http://127.0.0.1:${peer}`
  return runServer({
    name: 'etcd',
    program: binaries.etcd,
    guard,
    logFile: files.path('log', 'etcd.log'),
    isReady: () => answersWell(`${clientUrl}/health`),
    flags: [
      '--name=test',
      `--data-dir=${files.path('etcd')}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=test=${peerUrl}`,
      // Nobody needs the data after the run, and a disk that syncs is what makes etcd slow.
      '--unsafe-no-fsync',
    ],
  })
}

function runApiServer({ client, secure }: Ports, options: ControlPlaneOptions) {
  const { binaries, files, guard, apiServerFlags } = options
  return runServer({
    name: 'kube-apiserver',
    program: binaries.apiServer,
    guard,
    logFile: files.path('log', 'kube-apiserver.log'),
    isReady: () => answersWell(`https://127.0.0.1:${secure}/readyz`, files.certificates.ca),
    flags: [
      `--etcd-servers=http://127.0.0.1:${client}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${secure}`,
      `--tls-cert-file=${files.path('pki', 'apiserver.crt')}`,
      `--tls-private-key-file=${files.path('pki', 'apiserver.key')}`,
      `--client-ca-file=${files.path('pki', 'ca.crt')}`,
      `--token-auth-file=${files.path('pki', 'tokens.csv')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.path('pki', 'sa.pub')}`,
      `--service-account-signing-key-file=${files.path('pki', 'sa.key')}`,
      '--authorization-mode=Node,RBAC',
      '--service-cluster-ip-range=10.96.0.0/24',
      // One address that changes with every run is not worth an Endpoints object.
      '--endpoint-reconciler-type=none',
      '--allow-privileged=true',
      '--profiling=false',
      ...apiServerFlags,
    ],
  })
}

async function runControllerManager(url: string, { binaries, files, guard }: ControlPlaneOptions) {
  const program = binaries.controllerManager
  if (program === undefined) {
    throw new Error(
      `this test needs kube-controller-manager, which is not among the programs ${binaries.origin}; unset KUBEBUILDER_ASSETS and have Go build one that is`,
    )
  }
  const kubeconfig = files.path('kubeconfig', 'controller-manager')
  const { ca, controllerManager } = files.certificates
  const user = {
    'client-certificate-data': Buffer.from(controllerManager.certificate).toString('base64'),
    'client-key-data': Buffer.from(controllerManager.key).toString('base64'),
  }
  await writeFile(kubeconfig, kubeconfigText({ url, ca }, user), { mode: 0o600 })
  const [port = 0] = await findFreePorts(1)
  return runServer({
    name: 'kube-controller-manager',
    program,
    guard,
    logFile: files.path('log', 'kube-controller-manager.log'),
    isReady: () => answersWell(`https://127.0.0.1:${port}/healthz`, 'any'),
    flags: [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      '--bind-address=127.0.0.1',
      `--secure-port=${port}`,
      `--cert-dir=${files.path('controller-manager')}`,
      `--flex-volume-plugin-dir=${files.path('flex-volume')}`,
      '--leader-elect=false',
      '--use-service-account-credentials=true',
      `--service-account-private-key-file=${files.path('pki', 'sa.key')}`,
      `--root-ca-file=${files.path('pki', 'ca.crt')}`,
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
  })
}

/** @param ca PEM of who signed the server's certificate; `any` for one that it made itself. */
export async function answersWell(url: string, ca?: string): Promise<boolean> {
  const connect = ca === 'any' ? { rejectUnauthorized: false } : ca === undefined ? {} : { ca }
  const dispatcher = new Agent({ connect })
  try {
    const answer = await request(url, { dispatcher, signal: AbortSignal.timeout(2_000) })
    await answer.body.dump()
    return answer.statusCode === 200
  } catch {
    return false
  } finally {
    await dispatcher.destroy()
  }
}

/** Through etcd's JSON gateway, which takes 64-bit numbers as text. */
async function compact(url: string): Promise<void> {
  const range = await post(`${url}/v3/kv/range`, { key: Buffer.from('/').toString('base64') })
  const revision = textOf(recordOf(range['header'])['revision'])
  if (revision === undefined) throw new Error('etcd did not say its revision')
  await post(`${url}/v3/kv/compaction`, { revision, physical: true })
}

async function post(url: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const answer = await fetch(url, { method: 'POST', body: JSON.stringify(body) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${url} was answered with ${answer.status}: ${text}`)
  return recordOf(JSON.parse(text))
}
