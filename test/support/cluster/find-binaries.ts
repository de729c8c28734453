// Where a run gets its control plane from: a folder that is named, the cache, a build, a download. Never nowhere: a run without
// a cluster fails and says how to get one.
import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder } from '../go-build/build-go-program.ts'
import { buildKubernetes } from './build-kubernetes.ts'
import { downloadEnvtest } from './download-envtest.ts'
import { kubernetesVersion } from './kubernetes-version.ts'

export interface Binaries {
  readonly etcd: string
  readonly apiServer: string
  readonly kubectl: string
  /** An envtest release has none. */
  readonly controllerManager: string | undefined
  /** Where they came from, in words. */
  readonly origin: string
}

export interface BinarySearch {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Told what takes long, in whole sentences. */
  readonly tell: (sentence: string) => void
}

/** A way that leads to a folder of binaries, or says why it does not. */
export type WayFound =
  | { readonly kind: 'found'; readonly folder: string; readonly origin: string }
  | { readonly kind: 'closed'; readonly reason: string }

export type Way = (search: BinarySearch) => Promise<WayFound>

/** In this order. The build and the download fill the cache, so both look there first. */
const ways: readonly Way[] = [takeNamedFolder, takeBuild, takeDownload]

/** @throws Error that says what was tried and how to get a control plane. */
export async function findBinaries(search: BinarySearch, tried: readonly Way[] = ways): Promise<Binaries> {
  const reasons: string[] = []
  for (const way of tried) {
    const found = await way(search)
    if (found.kind === 'found') return listBinaries(found)
    reasons.push(found.reason)
  }
  throw new Error(howToGetOne(reasons))
}

function howToGetOne(reasons: readonly string[]): string {
  return [
    'These tests need a real Kubernetes control plane and found none.',
    `Install Go 1.26 or newer (https://go.dev/dl/) and run again: the control plane is then built once, in about ten minutes, into a cache folder.`,
    `Or run "setup-envtest use ${kubernetesVersion.minor}.x" and name the folder that it prints in KUBEBUILDER_ASSETS.`,
    `Tried: ${reasons.join('; ')}.`,
  ].join('\n')
}

/** Once `KUBEBUILDER_ASSETS` is set it must hold what is needed: falling back would test something else than was asked. */
async function takeNamedFolder({ environment }: BinarySearch): Promise<WayFound> {
  const folder = environment['KUBEBUILDER_ASSETS']
  if (!folder) return { kind: 'closed', reason: 'KUBEBUILDER_ASSETS is not set' }
  const missing = []
  for (const name of neededPrograms) {
    if (!(await canRun(join(folder, name)))) missing.push(name)
  }
  if (missing.length > 0) {
    throw new Error(`KUBEBUILDER_ASSETS is ${folder}, which has no program ${missing.join(' and no ')}`)
  }
  return { kind: 'found', folder, origin: 'KUBEBUILDER_ASSETS' }
}

async function takeBuild(search: BinarySearch): Promise<WayFound> {
  return buildKubernetes({ ...search, cache: cacheFolder(search.environment, cacheName) })
}

async function takeDownload(search: BinarySearch): Promise<WayFound> {
  return downloadEnvtest({ tell: search.tell, cache: cacheFolder(search.environment, cacheName) })
}

const cacheName = 'kubernetes'
const neededPrograms = ['etcd', 'kube-apiserver', 'kubectl'] as const

async function listBinaries({ folder, origin }: { folder: string; origin: string }): Promise<Binaries> {
  const controllerManager = join(folder, 'kube-controller-manager')
  return {
    etcd: join(folder, 'etcd'),
    apiServer: join(folder, 'kube-apiserver'),
    kubectl: join(folder, 'kubectl'),
    controllerManager: (await canRun(controllerManager)) ? controllerManager : undefined,
    origin,
  }
}

async function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
