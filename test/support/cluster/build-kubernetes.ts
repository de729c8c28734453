// Builds the control plane from Go modules into the cache, once for every state of its sources.
import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { withLock } from './build-lock.ts'
import type { WayFound } from './find-binaries.ts'
import { buildFlags, kubernetesVersion } from './kubernetes-version.ts'

const sources = fileURLToPath(new URL('./kubernetes', import.meta.url))
/** One program serves all of them, by the name it is called by. */
const program = 'kubernetes'
const names = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl']
const progressEveryMs = 30_000
const oldestGo = { major: 1, minor: 26 }
const run = promisify(execFile)

export interface BuildOptions {
  readonly cache: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly tell: (sentence: string) => void
}

/** Finds an earlier build of the same sources, or makes one. @throws Error when the compiler refuses. */
export async function buildKubernetes(options: BuildOptions): Promise<WayFound> {
  const folder = join(options.cache, await digestOfSources())
  const origin = `built from Go modules, in ${folder}`
  if (await exists(folder)) return { kind: 'found', folder, origin }
  const go = await findGo(options.environment)
  if (go.kind === 'none') return { kind: 'closed', reason: go.reason }
  await mkdir(options.cache, { recursive: true })
  const onWait = (holder: number) =>
    options.tell(`Kubernetes ${kubernetesVersion.full} is being built by process ${holder}: waiting for it.`)
  return withLock({ path: `${folder}.lock`, onWait }, async () => {
    if (!(await exists(folder))) await build(go.path, folder, options)
    return { kind: 'found', folder, origin }
  })
}

/** Names the cache folder: the same sources, flags and platform give the same program. */
export async function digestOfSources(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'main.go']) {
    hash.update(`${file}\0`).update(await readFile(join(sources, file)))
  }
  hash.update([...buildFlags, process.platform, process.arch].join('\0'))
  return hash.digest('hex')
}

type GoFound =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'none'; readonly reason: string }

async function findGo(environment: BuildOptions['environment']): Promise<GoFound> {
  const reasons: string[] = []
  for (const path of ['go', '/usr/local/go/bin/go']) {
    const asked = await askVersion(path, environment)
    if (asked.kind === 'answered' && isNewEnough(asked.version)) return { kind: 'found', path }
    reasons.push(
      asked.kind === 'answered'
        ? `${path} is ${asked.version}, older than go${oldestGo.major}.${oldestGo.minor}`
        : `${path} does not run (${asked.reason})`,
    )
  }
  return { kind: 'none', reason: reasons.join(', ') }
}

function isNewEnough(version: string): boolean {
  const [, major = 0, minor = 0] = /^go(\d+)\.(\d+)/.exec(version)?.map(Number) ?? []
  return major > oldestGo.major || (major === oldestGo.major && minor >= oldestGo.minor)
}

type Asked =
  | { readonly kind: 'answered'; readonly version: string }
  | { readonly kind: 'failed'; readonly reason: string }

/** Asked where go.mod lies, so that a toolchain that Go would fetch for it is the one that answers. */
async function askVersion(path: string, env: BuildOptions['environment']): Promise<Asked> {
  return run(path, ['env', 'GOVERSION'], { cwd: sources, env: { ...env } }).then(
    ({ stdout }) => ({ kind: 'answered', version: stdout.trim() }),
    (error: Error) => ({ kind: 'failed', reason: error.message.trim().split('\n').at(-1) ?? '' }),
  )
}

/** The folder appears whole: it is made under another name. */
async function build(go: string, folder: string, { environment, tell }: BuildOptions): Promise<void> {
  const draft = `${folder}.${process.pid}`
  await mkdir(draft, { recursive: true })
  const startedAt = performance.now()
  const elapsed = () => `${Math.round((performance.now() - startedAt) / 1000)} s`
  tell(
    `Building Kubernetes ${kubernetesVersion.full} (etcd, kube-apiserver, kube-controller-manager, kubectl) from Go modules into ${folder}. ` +
      'It happens once, takes five to fifteen minutes on two cores, and 0.6 GB of modules and 2 GB of compiler cache.',
  )
  const progress = setInterval(() => tell(`Still building Kubernetes, ${elapsed()} so far.`), progressEveryMs)
  try {
    await compile(go, join(draft, program), environment)
    for (const name of names) await symlink(program, join(draft, name))
    await rename(draft, folder)
    tell(`Built Kubernetes ${kubernetesVersion.full} in ${elapsed()}.`)
  } finally {
    clearInterval(progress)
    await rm(draft, { recursive: true, force: true })
  }
}

function compile(go: string, output: string, environment: BuildOptions['environment']): Promise<void> {
  const compiler = spawn(go, [...buildFlags, '-o', output, '.'], {
    cwd: sources,
    env: { ...environment, CGO_ENABLED: '0' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stopWithUs = () => compiler.kill('SIGKILL')
  process.once('exit', stopWithUs)
  let said = ''
  compiler.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4_000)
  })
  return new Promise<void>((resolve, reject) => {
    compiler.once('error', reject)
    compiler.once('close', code => {
      process.off('exit', stopWithUs)
      if (code === 0) resolve()
      else reject(new Error(`go build of ${sources} ended with ${code}: ${said}`))
    })
  })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
