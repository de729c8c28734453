// Writes an image as an OCI layout in one tar file, for `ctr -n k8s.io images import`, `docker load`, `skopeo` and registries' clients.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { ImageFile, WrittenFile } from './image-file.ts'
import { type PackedLayer, packLayer } from './pack-layer.ts'
import { writeTar } from './write-tar.ts'

/** How a container of the image starts, with the names of the OCI specification. */
export interface ImageConfig {
  /** `65532:65532`: by number, so that Kubernetes can see that it is not root. */
  readonly User: string
  readonly Entrypoint: readonly string[]
  readonly Cmd?: readonly string[]
  readonly Env?: readonly string[]
  readonly WorkingDir?: string
  readonly ExposedPorts?: Readonly<Record<string, Readonly<Record<string, never>>>>
}

export interface ImageOrder {
  /** The tar to write; its folder is made. */
  readonly file: string
  /** `ghcr.io/llm-fallback/sidecar:1.2.3` */
  readonly reference: string
  /** The image's own files: its last layer. */
  readonly files: readonly ImageFile[]
  /** Layers beneath, in their order, packed once with `packLayer` and shared between images. */
  readonly base?: readonly PackedLayer[]
  readonly config: ImageConfig
  readonly labels?: Readonly<Record<string, string>>
  /** Of every file and of the image; the epoch when absent, so that the same input is the same image. */
  readonly createdAt?: Date
  /** As Node names it; the machine's own when absent. */
  readonly architecture?: string
}

export interface WrittenImage {
  readonly reference: string
  /** `sha256:…` of the manifest: what a cluster pins. */
  readonly digest: string
  /** What a node pulls: the layers compressed, with manifest and configuration. */
  readonly sizeBytes: number
  /** What a node keeps. */
  readonly unpackedBytes: number
}

/** A document of the layout, kept under its digest. */
interface Document {
  readonly text: string
  readonly descriptor: Descriptor
}

/** What manifests and indexes say of a blob. */
interface Descriptor {
  readonly mediaType: string
  readonly digest: string
  readonly size: number
}

const layerType = 'application/vnd.oci.image.layer.v1.tar+gzip'
const configType = 'application/vnd.oci.image.config.v1+json'
const manifestType = 'application/vnd.oci.image.manifest.v1+json'
const indexType = 'application/vnd.oci.image.index.v1+json'
const architectures: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' }

/** @throws Error when a file is missing, wanted twice or does not fit; what was at `file` stays then. */
export async function writeOciImage(order: ImageOrder): Promise<WrittenImage> {
  const createdAt = order.createdAt ?? new Date(0)
  const layers = [...(order.base ?? []), await packLayer(order.files, createdAt)]
  const config = document(configType, configOf({ order, layers, createdAt }))
  const manifest = document(manifestType, {
    schemaVersion: 2,
    mediaType: manifestType,
    config: config.descriptor,
    layers: layers.map(({ blob, digest }) => ({ mediaType: layerType, digest, size: blob.length })),
  })
  const files = [
    ...layoutOf(order, manifest),
    // Docker before version 25, and what learned from it, looks for this file.
    written('/manifest.json', JSON.stringify([dockerEntryOf({ order, config, layers })])),
    ...layers.map(({ blob, digest }) => written(blobPath(digest), blob)),
    ...[config, manifest].map(({ text, descriptor }) => written(blobPath(descriptor.digest), text)),
  ]
  await writeWhole(order.file, writeTar(files, createdAt))
  return {
    reference: order.reference,
    digest: manifest.descriptor.digest,
    sizeBytes: layers.reduce((sum, { blob }) => sum + blob.length, config.text.length + manifest.text.length),
    unpackedBytes: layers.reduce((sum, { uncompressedBytes }) => sum + uncompressedBytes, 0),
  }
}

interface Contents {
  readonly order: ImageOrder
  readonly layers: readonly PackedLayer[]
}

function configOf({ order, layers, createdAt }: Contents & { readonly createdAt: Date }): unknown {
  const created = createdAt.toISOString()
  return {
    created,
    architecture: architectureOf(order),
    os: 'linux',
    config: { ...order.config, ...(order.labels === undefined ? {} : { Labels: order.labels }) },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
    history: layers.map(() => ({ created, created_by: 'npm run images' })),
  }
}

function layoutOf(order: ImageOrder, manifest: Document): readonly ImageFile[] {
  const index = {
    schemaVersion: 2,
    mediaType: indexType,
    manifests: [
      {
        ...manifest.descriptor,
        platform: { architecture: architectureOf(order), os: 'linux' },
        annotations: {
          // containerd's importer takes the first as the image's name, other readers of layouts the second.
          'io.containerd.image.name': order.reference,
          'org.opencontainers.image.ref.name': tagOf(order.reference),
        },
      },
    ],
  }
  return [
    written('/oci-layout', JSON.stringify({ imageLayoutVersion: '1.0.0' })),
    written('/index.json', JSON.stringify(index)),
  ]
}

function dockerEntryOf({ order, layers, config }: Contents & { readonly config: Document }): unknown {
  return {
    Config: blobPath(config.descriptor.digest).slice(1),
    RepoTags: [order.reference],
    Layers: layers.map(({ digest }) => blobPath(digest).slice(1)),
  }
}

function architectureOf({ architecture = process.arch }: ImageOrder): string {
  return architectures[architecture] ?? architecture
}

function tagOf(reference: string): string {
  const tag = /:([\w][\w.-]*)$/.exec(reference)?.[1]
  if (tag === undefined) throw new Error(`"${reference}" has no tag: write it as registry/name:version`)
  return tag
}

function document(mediaType: string, value: unknown): Document {
  const text = JSON.stringify(value)
  const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`
  return { text, descriptor: { mediaType, digest, size: Buffer.byteLength(text) } }
}

function written(path: string, content: string | Uint8Array): WrittenFile {
  return { kind: 'written', path, content }
}

function blobPath(digest: string): string {
  return `/blobs/${digest.replace(':', '/')}`
}

/** Whole or not at all: whoever imports the file never meets half of it. */
async function writeWhole(file: string, content: AsyncIterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const unfinished = `${file}.${process.pid}.unfinished`
  try {
    await pipeline(content, createWriteStream(unfinished))
    await rename(unfinished, file)
  } finally {
    await rm(unfinished, { force: true })
  }
}
