// Where a run gets Helm from: the one that is named, the machine's own, the cache, a build. Never nowhere.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildGoProgram, cacheFolder } from '../go-build/build-go-program.ts'
import type { Environment } from '../go-build/find-go.ts'
import { helmVersion, oldestHelm } from './helm-version.ts'

const run = promisify(execFile)

export interface HelmSearch {
  readonly environment: Environment
  /** Told what takes long, in whole sentences. */
  readonly tell: (sentence: string) => void
}

export interface Helm {
  readonly path: string
  /** Where it came from, in words. */
  readonly origin: string
}

type HelmWay =
  | { readonly kind: 'found'; readonly helm: Helm }
  | { readonly kind: 'closed'; readonly reason: string }

/** @throws Error that says what was tried and how to get Helm. */
export async function findHelm(search: HelmSearch): Promise<Helm> {
  const reasons: string[] = []
  for (const way of [takeNamed, takeFromPath, takeBuild]) {
    const found = await way(search)
    if (found.kind === 'found') return found.helm
    reasons.push(found.reason)
  }
  throw new Error(
    [
      'These tests need Helm and found none.',
      `Install Helm 3.${oldestHelm.minor} or newer (https://helm.sh/docs/intro/install/), or name it in HELM,`,
      'or install Go 1.26 or newer (https://go.dev/dl/): Helm is then built once, in about six minutes.',
      `Tried: ${reasons.join('; ')}.`,
    ].join('\n'),
  )
}

/** Once `HELM` is set it must do: falling back would test something else than was asked. */
async function takeNamed({ environment }: HelmSearch): Promise<HelmWay> {
  const path = environment['HELM']
  if (!path) return { kind: 'closed', reason: 'HELM is not set' }
  const fault = await faultOf(path, environment)
  if (fault !== undefined) throw new Error(`HELM is ${path}, which ${fault}`)
  return { kind: 'found', helm: { path, origin: 'HELM' } }
}

async function takeFromPath({ environment }: HelmSearch): Promise<HelmWay> {
  const fault = await faultOf('helm', environment)
  if (fault !== undefined) return { kind: 'closed', reason: `helm of the path ${fault}` }
  return { kind: 'found', helm: { path: 'helm', origin: 'the path' } }
}

/** The build fills the cache, so it looks there first. */
async function takeBuild({ environment, tell }: HelmSearch): Promise<HelmWay> {
  const built = await buildGoProgram({
    cache: cacheFolder(environment, 'helm'),
    environment,
    tell,
    name: `Helm ${helmVersion}`,
    sources: fileURLToPath(new URL('./program', import.meta.url)),
    mainPackage: 'helm.sh/helm/v4/cmd/helm',
    outputs: ['helm'],
    ldflags: `-s -w -X helm.sh/helm/v4/internal/version.version=v${helmVersion}`,
    cost: 'takes about six minutes on two cores',
  })
  if (built.kind === 'closed') return built
  return { kind: 'found', helm: { path: join(built.folder, 'helm'), origin: built.origin } }
}

/** What is wrong with a Helm, as the end of a sentence; undefined: nothing. */
async function faultOf(path: string, environment: Environment): Promise<string | undefined> {
  return run(path, ['version', '--short'], { env: { ...environment } }).then(
    ({ stdout }) => (isNewEnough(stdout) ? undefined : `is ${stdout.trim()}, too old`),
    (error: Error) => `does not run (${error.message.trim().split('\n').at(-1)})`,
  )
}

function isNewEnough(version: string): boolean {
  const [, major = 0, minor = 0] = /^v(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
  return major > oldestHelm.major || (major === oldestHelm.major && minor >= oldestHelm.minor)
}
