// Both images as OCI tars, with their lists of contents beside them.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { allocatorSettings, engineOptions } from '../launcher.ts'
import { type AssembledProgram, assembleImages, type Program } from './assemble-images.ts'
import { nodePath, programUser } from './node-runtime.ts'
import { type PackedLayer, packLayer } from './pack-layer.ts'
import { type ImageConfig, type WrittenImage, writeOciImage } from './write-oci-image.ts'

export interface BuildOrder {
  /** Gets `<program>.tar` and `<program>.sbom.json`. */
  readonly folder: string
  readonly createdAt: Date
  /** The commit of the sources, where it is known. */
  readonly revision?: string
}

export interface BuiltImage extends WrittenImage {
  readonly file: string
}

const registry = 'ghcr.io/llm-fallback'
const descriptions: Readonly<Record<Program, string>> = {
  operator: 'Validates, compiles and pushes fallback policies to every sidecar of a cluster.',
  sidecar: "Answers an app's calls to large language models and walks a fallback chain over providers.",
}

export async function buildImages({
  folder,
  createdAt,
  revision,
}: BuildOrder): Promise<readonly BuiltImage[]> {
  const assembled = await assembleImages(createdAt)
  try {
    await mkdir(folder, { recursive: true })
    const runtime = await packLayer(assembled.runtime, createdAt)
    const built: BuiltImage[] = []
    for (const program of assembled.programs) {
      const labels = labelsOf(program.program, { version: assembled.version, createdAt, revision })
      built.push(
        await buildImage(program, { folder, createdAt, runtime, version: assembled.version, labels }),
      )
    }
    return built
  } finally {
    await assembled.dispose()
  }
}

interface Surroundings {
  readonly folder: string
  readonly createdAt: Date
  readonly runtime: PackedLayer
  readonly version: string
  readonly labels: Readonly<Record<string, string>>
}

async function buildImage(
  { program, files, contents }: AssembledProgram,
  around: Surroundings,
): Promise<BuiltImage> {
  const { folder, createdAt, runtime, version, labels } = around
  const file = join(folder, `${program}.tar`)
  await writeFile(join(folder, `${program}.sbom.json`), contents)
  const image = await writeOciImage({
    file,
    reference: `${registry}/${program}:${version}`,
    base: [runtime],
    files,
    config: configOf(program),
    labels,
    createdAt,
  })
  return { ...image, file }
}

/**
 * How the program starts. By its number Kubernetes sees that the user is not root. With the engine's options given here the
 * launcher need not replace itself to set them: a pod is ready 50 ms earlier.
 */
export function configOf(program: Program): ImageConfig {
  return {
    User: `${programUser.uid}:${programUser.gid}`,
    Env: Object.entries(allocatorSettings(program)).map(([name, value]) => `${name}=${value}`),
    Entrypoint: [nodePath, ...engineOptions, `/app/${program}.js`],
  }
}

interface Origin {
  readonly version: string
  readonly createdAt: Date
  readonly revision: string | undefined
}

/** The annotations that the OCI specification names. */
export function labelsOf(
  program: Program,
  { version, createdAt, revision }: Origin,
): Readonly<Record<string, string>> {
  const about = {
    title: `llm-fallback ${program}`,
    description: descriptions[program],
    source: 'https://github.com/llm-fallback/llm-fallback',
    licenses: 'Apache-2.0',
    version,
    created: createdAt.toISOString(),
    ...(revision === undefined ? {} : { revision }),
  }
  return Object.fromEntries(
    Object.entries(about).map(([name, text]) => [`org.opencontainers.image.${name}`, text]),
  )
}
