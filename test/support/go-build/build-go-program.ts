// Builds a program from Go modules into the cache, once for every state of its sources.
import { createHash } from 'node:crypto'
import { access, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { withLock } from './build-lock.ts'
import { compileGo } from './compile-go.ts'
import { type Environment, findGo } from './find-go.ts'

const progressEveryMs = 30_000

/** What is built: its sources pin every module that goes into it. */
export interface GoProgram {
  /** For people, with its version: `Kubernetes 1.36.3`. */
  readonly name: string
  /** Folder of go.mod and go.sum, and of the Go files where the program is our own. */
  readonly sources: string
  /** Path of somebody else's main package, such as `example.test/tool/cmd/tool`; absent: the one in `sources`. */
  readonly mainPackage?: string
  /** File names in the folder that comes out. Several: one program that looks at the name it is called by. */
  readonly outputs: readonly string[]
  /** As one argument of the linker: versions that programs tell, for instance. */
  readonly ldflags: string
  /** As one argument for the compiler; absent: its own defaults. */
  readonly gcflags?: string
  /** Of a first build, as a clause: `takes six minutes on two cores`. */
  readonly cost: string
}

export interface GoBuildOptions {
  /** Folder of such builds, outside the checkout: each gets one of its own in it. */
  readonly cache: string
  readonly environment: Environment
  /** Told what takes long, in whole sentences. */
  readonly tell: (sentence: string) => void
}

/** `closed`: there is no Go that could build it. */
export type GoBuild =
  | { readonly kind: 'found'; readonly folder: string; readonly origin: string }
  | { readonly kind: 'closed'; readonly reason: string }

/** Finds an earlier build of the same sources, or makes one. @throws Error when the compiler refuses. */
export async function buildGoProgram({
  cache,
  environment,
  tell,
  ...program
}: GoProgram & GoBuildOptions): Promise<GoBuild> {
  const folder = join(cache, await digestOfProgram(program))
  const origin = `built from Go modules, in ${folder}`
  if (await exists(folder)) return { kind: 'found', folder, origin }
  const go = await findGo(program.sources, environment)
  if (go.kind === 'none') return { kind: 'closed', reason: go.reason }
  await mkdir(cache, { recursive: true })
  const onWait = (holder: number) =>
    tell(`${program.name} is being built by process ${holder}: waiting for it.`)
  return withLock({ path: `${folder}.lock`, onWait }, async () => {
    if (!(await exists(folder))) await build({ program, go: go.path, folder, environment, tell })
    return { kind: 'found', folder, origin }
  })
}

/** Where builds are kept: with the user's other caches, so that a fresh clone need not build again. */
export function cacheFolder(environment: Environment, name: string): string {
  const base = environment['XDG_CACHE_HOME'] || join(environment['HOME'] || homedir(), '.cache')
  return join(base, 'llm-fallback', name)
}

/** Names the cache folder: the same sources, flags and platform give the same program. */
async function digestOfProgram(program: GoProgram): Promise<string> {
  const own = program.mainPackage === undefined ? await readdir(program.sources) : []
  const files = ['go.mod', 'go.sum', ...own.filter(name => name.endsWith('.go')).sort()]
  const hash = createHash('sha256')
  for (const file of files) {
    hash.update(`${file}\0`).update(await readFile(join(program.sources, file)))
  }
  const { mainPackage } = program
  const packages = mainPackage === undefined ? [] : [mainPackage]
  hash.update([...buildFlags(program), ...packages, process.platform, process.arch].join('\0'))
  return hash.digest('hex')
}

/** Arguments of `go`, but for the output and the package. */
function buildFlags({ ldflags, gcflags }: GoProgram): readonly string[] {
  const compiler = gcflags === undefined ? [] : [`-gcflags=${gcflags}`]
  return ['build', '-trimpath', '-buildvcs=false', '-mod=readonly', '-ldflags', ldflags, ...compiler]
}

interface Build {
  readonly program: GoProgram
  readonly go: string
  readonly folder: string
  readonly environment: Environment
  readonly tell: (sentence: string) => void
}

/** The folder appears whole: it is made under another name. */
async function build({ program, go, folder, environment, tell }: Build): Promise<void> {
  const draft = `${folder}.${process.pid}`
  await mkdir(draft, { recursive: true })
  const startedAt = performance.now()
  const elapsed = () => `${Math.round((performance.now() - startedAt) / 1000)} s`
  const { name, outputs, cost } = program
  tell(`Building ${name} (${outputs.join(', ')}) from Go modules into ${folder}. It happens once, ${cost}.`)
  const progress = setInterval(() => tell(`Still building ${name}, ${elapsed()} so far.`), progressEveryMs)
  try {
    await compile(program, { go, draft, environment })
    await rename(draft, folder)
    tell(`Built ${name} in ${elapsed()}.`)
  } finally {
    clearInterval(progress)
    await rm(draft, { recursive: true, force: true })
  }
}

async function compile(
  program: GoProgram,
  { go, draft, environment }: { go: string; draft: string; environment: Environment },
): Promise<void> {
  const [output = 'program', ...links] = program.outputs
  const target = ['-o', join(draft, output), program.mainPackage ?? '.']
  await compileGo({ go, folder: program.sources, flags: [...buildFlags(program), ...target], environment })
  for (const link of links) await symlink(output, join(draft, link))
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
