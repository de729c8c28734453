// A real Kubernetes control plane for one file of tests: ready in about four seconds, gone without a trace.
import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repositoryRoot } from '../child-process.ts'
import { type ApiClient, createApiClient } from './api-client.ts'
import { type ClusterObjects, createClusterObjects } from './cluster-objects.ts'
import { type ControlPlane, startControlPlane } from './control-plane.ts'
import { type ControlPlaneFiles, kubeconfigText, writeControlPlaneFiles } from './control-plane-files.ts'
import { type Binaries, findBinaries } from './find-binaries.ts'
import { type ProcessGuard, startProcessGuard } from './process-guard.ts'
import { type KubectlResult, runKubectl } from './run-kubectl.ts'
import {
  mustBeSigned,
  requestToken,
  type ServiceAccountId,
  signToken,
  type TokenWish,
} from './service-account-tokens.ts'

export type { ApiAnswer } from './api-client.ts'
export type { Pod, PodSpec } from './cluster-objects.ts'
export type { KubectlResult } from './run-kubectl.ts'
export type { ServiceAccountId, TokenWish } from './service-account-tokens.ts'

export interface ClusterOptions {
  /** `running`: with garbage collection and ServiceAccounts by themselves; 110 MB more. Default `absent`. */
  readonly controllerManager?: 'absent' | 'running'
  /** `off`: pods need no ServiceAccount and get no token volume. Default `on`, as in every cluster. */
  readonly serviceAccountAdmission?: 'on' | 'off'
  /** Further flags of kube-apiserver, e.g. `--watch-cache=false`. */
  readonly apiServerFlags?: readonly string[]
}

export interface KubectlOptions {
  readonly input?: string
  /** Absent: the administrator. */
  readonly as?: ServiceAccountId
}

export interface Cluster extends ClusterObjects {
  /** Of the API server. */
  readonly url: string
  /** PEM, of the API server's certificate. */
  readonly ca: string
  /** Folder that goes away with the cluster, for whatever a test needs; kubectl works in it. */
  readonly folder: string
  /** Path of the administrator's kubeconfig. */
  readonly kubeconfig: string
  /** As the administrator, with whatever the server says. */
  readonly adminRequest: ApiClient['request']
  /** As the administrator; rejects when the server refuses. */
  readonly adminExpect: ApiClient['expect']
  /** One command line; `options` first because the parameters have no end. */
  kubectl(options: KubectlOptions, ...parameters: readonly string[]): Promise<KubectlResult>
  /** Path of a kubeconfig that holds a token of this ServiceAccount, good for an hour. */
  kubeconfigFor(account: ServiceAccountId): Promise<string>
  tokenFor(account: ServiceAccountId, wish?: TokenWish): Promise<string>
  /** Installs our resource definitions and waits until they are served. */
  applyCrds(): Promise<void>
  stopApiServer(): Promise<void>
  startApiServer(): Promise<void>
  /** Same address, same data, no connection and no watch survives. */
  restartApiServer(): Promise<void>
  /** Drops etcd's history: after a restart too, whoever asks for an older version is answered 410. */
  compact(): Promise<void>
  /** Ends this process too, when the tests are killed before they could. */
  adopt(child: { readonly pid: number; readonly ended: Promise<unknown> }): void
  /** What the servers have logged, each under its name. */
  logs(): Promise<string>
  stop(): Promise<void>
}

/** @throws Error that says how to get a control plane when there is none. */
export async function startCluster(options: ClusterOptions = {}): Promise<Cluster> {
  const tell = (sentence: string) => void process.stderr.write(`${sentence}\n`)
  const binaries = await findBinaries({ environment: process.env, tell })
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-cluster-'))
  const guard = startProcessGuard(folder)
  try {
    const files = await writeControlPlaneFiles(folder)
    const plane = await startControlPlane({
      binaries,
      files,
      guard,
      controllerManager: options.controllerManager ?? 'absent',
      apiServerFlags: [
        ...(options.serviceAccountAdmission === 'off' ? ['--disable-admission-plugins=ServiceAccount'] : []),
        ...(options.apiServerFlags ?? []),
      ],
    })
    const close = async () => {
      await plane.stop()
      await guard.close()
    }
    return await describe({ binaries, files, plane, guard, close }, options)
  } catch (error) {
    await guard.close()
    throw error
  }
}

interface Parts {
  readonly binaries: Binaries
  readonly files: ControlPlaneFiles
  readonly plane: ControlPlane
  readonly guard: ProcessGuard
  readonly close: () => Promise<void>
}

async function describe(parts: Parts, options: ClusterOptions): Promise<Cluster> {
  const { files, plane, guard } = parts
  const api = createApiClient({ ...serverOf(parts), token: files.adminToken })
  const access = await openAccess(parts, api)
  return {
    ...createClusterObjects(api, options.controllerManager === 'running' ? 'awaited' : 'ours'),
    ...serverOf(parts),
    ...access,
    ...control(plane),
    folder: files.folder,
    adminRequest: api.request,
    adminExpect: api.expect,
    applyCrds: () => applyCrds(access.kubectl),
    adopt({ pid, ended }) {
      guard.watch(pid)
      void ended.then(() => guard.forget(pid))
    },
    logs: () => readLogs(files),
    async stop() {
      await api.close()
      await parts.close()
    },
  }
}

function serverOf({ plane, files }: Parts): Pick<Cluster, 'url' | 'ca'> {
  return { url: plane.url, ca: files.certificates.ca }
}

type Access = Pick<Cluster, 'kubeconfig' | 'kubeconfigFor' | 'tokenFor' | 'kubectl'>

/** Who may talk to the API server, and as whom. */
async function openAccess(parts: Parts, api: ApiClient): Promise<Access> {
  const { binaries, files } = parts
  const writeKubeconfig = async (name: string, token: string) => {
    const path = files.path('kubeconfig', name)
    await writeFile(path, kubeconfigText(serverOf(parts), { token }), { mode: 0o600 })
    return path
  }
  const kubeconfig = await writeKubeconfig('admin', files.adminToken)
  const tokenFor: Cluster['tokenFor'] = (account, wish = {}) =>
    mustBeSigned(wish)
      ? signToken({ api, certificates: files.certificates }, account, wish)
      : requestToken(api, account, wish)
  const kubeconfigFor: Cluster['kubeconfigFor'] = async account =>
    writeKubeconfig(`${account.namespace}.${account.name}`, await tokenFor(account, { seconds: 3_600 }))
  const kubectl: Cluster['kubectl'] = async ({ input, as }, ...parameters) =>
    runKubectl({
      program: binaries.kubectl,
      parameters,
      kubeconfig: as === undefined ? kubeconfig : await kubeconfigFor(as),
      home: files.folder,
      ...(input === undefined ? {} : { input }),
    })
  return { kubeconfig, kubeconfigFor, tokenFor, kubectl }
}

function control(
  plane: ControlPlane,
): Pick<Cluster, 'stopApiServer' | 'startApiServer' | 'restartApiServer' | 'compact'> {
  return {
    stopApiServer: plane.stopApiServer,
    startApiServer: plane.startApiServer,
    async restartApiServer() {
      await plane.stopApiServer()
      await plane.startApiServer()
    },
    compact: plane.compact,
  }
}

async function applyCrds(kubectl: Cluster['kubectl']): Promise<void> {
  const folder = join(repositoryRoot, 'crds/manifests')
  for (const parameters of [
    ['apply', '--server-side', '-f', folder],
    ['wait', '--for=condition=Established', '--timeout=20s', '-f', folder],
  ]) {
    const { code, stdout, stderr } = await kubectl({}, ...parameters)
    if (code !== 0) throw new Error(`kubectl ${parameters.join(' ')} ended with ${code}: ${stderr}${stdout}`)
  }
}

async function readLogs(files: ControlPlaneFiles): Promise<string> {
  const names = ['etcd', 'kube-apiserver', 'kube-controller-manager']
  const logs = await Promise.all(
    names.map(name => readFile(files.path('log', `${name}.log`), 'utf8').catch(() => '')),
  )
  return names.map((name, at) => `--- ${name}\n${logs[at]}`).join('\n')
}
