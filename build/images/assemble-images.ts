// Everything that goes into the images, made fresh: the runtime, which both share, and the files of each program.
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ImageFile } from './image-file.ts'
import { listNodeRuntime, nodeBinary } from './node-runtime.ts'
import { listProgramFiles } from './program-files.ts'
import { warmCompileCache } from './warm-compile-cache.ts'

export const repositoryRoot = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
export const programs = ['operator', 'sidecar'] as const
export type Program = (typeof programs)[number]

export interface AssembledProgram {
  readonly program: Program
  readonly files: readonly ImageFile[]
  /** The list of contents in SPDX. */
  readonly contents: string
}

export interface AssembledImages {
  readonly version: string
  readonly runtime: readonly ImageFile[]
  readonly programs: readonly AssembledProgram[]
  /** Removes the working folder, in which some of the files lie until they are packed. */
  dispose(): Promise<void>
}

/** @throws Error in words when the machine lacks something: packages, Debian's libraries, a root to run in. */
export async function assembleImages(createdAt = new Date(0)): Promise<AssembledImages> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-images-'))
  const dispose = () => rm(folder, { recursive: true, force: true })
  try {
    const { version, nodeVersion } = await readVersions()
    const runtime = listNodeRuntime()
    runBundler(folder)
    const assembled: AssembledProgram[] = []
    for (const program of programs) {
      const order = { root: repositoryRoot, bundles: folder, program, version, nodeVersion, createdAt }
      const { files, contents } = await listProgramFiles(order)
      const warmed = await warmCompileCache({
        program,
        folder: join(folder, `${program}-root`),
        runtime,
        files,
      })
      assembled.push({ program, files: [...files, ...warmed], contents })
    }
    return { version, runtime, programs: assembled, dispose }
  } catch (error) {
    await dispose()
    throw error
  }
}

/** Into a folder of its own: `dist/` may be in use by a running sidecar or another build. */
function runBundler(folder: string): void {
  const script = join(repositoryRoot, 'build/bundle.ts')
  const { status, stderr } = spawnSync(nodeBinary, [script, folder], {
    cwd: repositoryRoot,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the bundles could not be built: ${stderr}`)
}

async function readVersions(): Promise<{ readonly version: string; readonly nodeVersion: string }> {
  const manifest: unknown = JSON.parse(await readFile(join(repositoryRoot, 'package.json'), 'utf8'))
  if (typeof manifest !== 'object' || manifest === null || !('version' in manifest)) {
    throw new Error('package.json has no version')
  }
  const { status, stdout, stderr } = spawnSync(nodeBinary, ['--version'], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`Node does not run: ${stderr}`)
  return { version: String(manifest.version), nodeVersion: stdout.trim().replace(/^v/, '') }
}
