// Takes the control plane from the release that controller-tools publishes for tests, where the network allows.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parse } from 'yaml'
import { recordOf, textOf } from '../simulated-vendors/json.ts'
import type { WayFound } from './find-binaries.ts'
import { kubernetesVersion } from './kubernetes-version.ts'

const indexUrl =
  'https://raw.githubusercontent.com/kubernetes-sigs/controller-tools/main/envtest-releases.yaml'
const indexWithinMs = 10_000
const archiveWithinMs = 300_000
const run = promisify(execFile)

export interface DownloadOptions {
  readonly cache: string
  readonly tell: (sentence: string) => void
  /** Address of the index of releases; absent: that of controller-tools. */
  readonly index?: string
}

interface Release {
  /** File name without its ending. */
  readonly name: string
  readonly url: string
  /** Hexadecimal. */
  readonly sha512: string
}

/** @throws Error when what came is not what the index promises. */
export async function downloadEnvtest(options: DownloadOptions): Promise<WayFound> {
  const index = options.index ?? indexUrl
  const text = await fetchBytes(index, indexWithinMs)
  if (text.kind === 'failed') return { kind: 'closed', reason: `${index} cannot be read (${text.reason})` }
  const release = chooseRelease(text.bytes.toString('utf8'))
  if (release === undefined) {
    return {
      kind: 'closed',
      reason: `${index} has no release of ${kubernetesVersion.minor} for ${platform()}`,
    }
  }
  const folder = join(options.cache, release.name)
  const found: WayFound = { kind: 'found', folder, origin: `downloaded from ${release.url}` }
  if (await isThere(folder)) return found
  options.tell(`Downloading ${release.url}, once, into ${folder}.`)
  const archive = await fetchBytes(release.url, archiveWithinMs)
  if (archive.kind === 'failed') {
    return { kind: 'closed', reason: `${release.url} cannot be read (${archive.reason})` }
  }
  const sha512 = createHash('sha512').update(archive.bytes).digest('hex')
  if (sha512 !== release.sha512) {
    throw new Error(
      `${release.url} has the SHA-512 ${sha512}, but the index of releases says ${release.sha512}`,
    )
  }
  await unpack(archive.bytes, folder)
  return found
}

/** The newest patch of our minor version for this machine. */
export function chooseRelease(index: string): Release | undefined {
  const releases = recordOf(recordOf(parse(index))['releases'])
  const versions = Object.keys(releases)
    .filter(version => version.startsWith(`v${kubernetesVersion.minor}.`))
    .sort((one, other) => patchOf(other) - patchOf(one))
  for (const version of versions) {
    const name = `envtest-${version}-${platform()}`
    const file = recordOf(recordOf(releases[version])[`${name}.tar.gz`])
    const [url, sha512] = [textOf(file['selfLink']), textOf(file['hash'])]
    if (url !== undefined && sha512 !== undefined) return { name, url, sha512 }
  }
  return undefined
}

function patchOf(version: string): number {
  return Number(version.split('.')[2])
}

function platform(): string {
  return `${process.platform}-${process.arch === 'x64' ? 'amd64' : process.arch}`
}

type Fetched =
  | { readonly kind: 'fetched'; readonly bytes: Buffer }
  | { readonly kind: 'failed'; readonly reason: string }

async function fetchBytes(url: string, withinMs: number): Promise<Fetched> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(withinMs) })
    if (!answer.ok) return { kind: 'failed', reason: `status ${answer.status}` }
    return { kind: 'fetched', bytes: Buffer.from(await answer.arrayBuffer()) }
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error
    return { kind: 'failed', reason: cause instanceof Error ? cause.message : String(cause) }
  }
}

/** The archive holds `controller-tools/envtest/<program>`. The folder appears whole. */
async function unpack(archive: Buffer, folder: string): Promise<void> {
  const draft = `${folder}.${process.pid}`
  await mkdir(draft, { recursive: true })
  try {
    const file = join(draft, 'archive.tar.gz')
    await writeFile(file, archive)
    await run('tar', ['-xzf', file, '-C', draft, '--strip-components=2'])
    await rm(file)
    // Whoever was faster made the same folder.
    await rename(draft, folder).catch(async (error: unknown) => {
      if (!(await isThere(folder))) throw error
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
