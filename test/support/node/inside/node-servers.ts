// The programs that make a machine a node, each started as soon as what it needs is there.
import { answersWell } from '../../cluster/control-plane.ts'
import type { ProcessGuard } from '../../cluster/process-guard.ts'
import { runServer } from '../../cluster/run-server.ts'
import { containerdClient, nodeAddress, nodeName } from '../addresses.ts'
import type { NodeOrder } from '../node-order.ts'
import { mustRun, runCommand } from '../run-command.ts'
import { dnsReadyPort, kubeletHealthPort, proxyHealthPort, schedulerPort } from './configurations.ts'

interface Inside {
  readonly order: NodeOrder
  readonly guard: ProcessGuard
  path(...names: readonly string[]): string
}

/** @throws Error with the last lines of its log when one of them does not start. */
export async function startNodeServers(inside: Inside): Promise<void> {
  await startContainerd(inside)
  await Promise.all([startScheduler, startKubelet, startProxy, startDns].map(start => start(inside)))
}

async function startContainerd(inside: Inside): Promise<void> {
  const { order, path } = inside
  const environment = { PATH: order.path }
  await start(inside, {
    name: 'containerd',
    program: 'containerd',
    flags: ['--config', path('configuration', 'containerd.toml')],
    isReady: async () =>
      (await runCommand({ environment }, 'ctr', ...containerdClient, 'version')).code === 0,
  })
  await mustRun({ environment }, 'ctr', ...containerdClient, 'images', 'import', order.pauseImage)
}

async function startScheduler(inside: Inside): Promise<void> {
  const kubeconfig = inside.path('kubeconfig', 'kube-scheduler')
  await start(inside, {
    name: 'kube-scheduler',
    program: inside.order.programs.scheduler,
    flags: [
      ...['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map(
        flag => `--${flag}=${kubeconfig}`,
      ),
      '--bind-address=127.0.0.1',
      `--secure-port=${schedulerPort}`,
      `--cert-dir=${inside.path('kube-scheduler')}`,
      '--leader-elect=false',
      '--kube-api-qps=500',
      '--kube-api-burst=1000',
    ],
    isReady: () => answersWell(`https://127.0.0.1:${schedulerPort}/healthz`, 'any'),
  })
}

async function startKubelet(inside: Inside): Promise<void> {
  const { order, path } = inside
  await start(inside, {
    name: 'kubelet',
    program: order.programs.kubelet,
    flags: [
      `--config=${path('configuration', 'kubelet')}`,
      `--kubeconfig=${path('kubeconfig', 'kubelet')}`,
      `--root-dir=${path('kubelet')}`,
      `--cert-dir=${path('kubelet-pki')}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${nodeAddress}`,
    ],
    isReady: () => answersWell(`http://127.0.0.1:${kubeletHealthPort}/healthz`),
  })
}

async function startProxy(inside: Inside): Promise<void> {
  await start(inside, {
    name: 'kube-proxy',
    program: inside.order.programs.proxy,
    flags: [`--config=${inside.path('configuration', 'kube-proxy')}`],
    isReady: () => answersWell(`http://127.0.0.1:${proxyHealthPort}/healthz`),
  })
}

async function startDns(inside: Inside): Promise<void> {
  await start(inside, {
    name: 'coredns',
    program: inside.order.programs.coredns,
    flags: ['-conf', inside.path('configuration', 'Corefile')],
    isReady: () => answersWell(`http://127.0.0.1:${dnsReadyPort}/ready`),
  })
}

interface NodeServer {
  readonly name: string
  readonly program: string
  readonly flags: readonly string[]
  readonly isReady: () => Promise<boolean>
}

async function start({ order, guard, path }: Inside, server: NodeServer): Promise<void> {
  await runServer({
    ...server,
    guard,
    logFile: path('log', `${server.name}.log`),
    environment: { PATH: order.path, HOME: order.folder },
  })
}
