// Reads an image's tar with the machine's own tar and gzip: the writer's code is not the judge of what it wrote.
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import { isRecord, type JsonRecord, recordOf, recordsOf, textOf } from '../support/simulated-vendors/json.ts'

export interface ImageInTar {
  readonly config: JsonRecord
  readonly layerDigests: readonly string[]
  /** Each entry as tar tells it: `-rwxr-xr-x 0/0 126595440 … usr/local/bin/node`, lower layers first. */
  readonly entries: readonly ImageEntry[]
}

export interface ImageEntry {
  /** As `ls` writes it: `drwxr-xr-x`. */
  readonly mode: string
  readonly owner: string
  readonly path: string
}

export function readImage(file: string): ImageInTar {
  const manifest = readManifest(file)
  return {
    config: readDocument(file, blobPath(textOf(recordOf(manifest['config'])['digest']))),
    layerDigests: layerDigestsOf(manifest),
    entries: layerDigestsOf(manifest).flatMap(digest => listEntries(readLayer(file, digest))),
  }
}

/** All layers into a folder, one over the other, as a container's root. */
export async function extractImage(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const digest of layerDigestsOf(readManifest(file))) {
    execFileSync('tar', ['-x', '-p', '-C', folder], { input: readLayer(file, digest) })
  }
}

function readManifest(file: string): JsonRecord {
  const [entry] = recordsOf(readDocument(file, 'index.json')['manifests'])
  return readDocument(file, blobPath(textOf(entry?.['digest'])))
}

function layerDigestsOf(manifest: JsonRecord): readonly string[] {
  return recordsOf(manifest['layers']).map(({ digest }) => textOf(digest) ?? '')
}

function readLayer(file: string, digest: string): Buffer {
  return gunzipSync(readPath(file, blobPath(digest)))
}

function listEntries(tar: Buffer): readonly ImageEntry[] {
  const list = execFileSync('tar', ['--numeric-owner', '-tvf', '-'], { input: tar, encoding: 'utf8' })
  return list
    .trimEnd()
    .split('\n')
    .map(line => {
      const [mode = '', owner = '', , , , ...path] = line.split(/ +/)
      return { mode, owner, path: `/${path.join(' ')}` }
    })
}

function blobPath(digest = ''): string {
  return `blobs/${digest.replace(':', '/')}`
}

function readDocument(file: string, path: string): JsonRecord {
  const value: unknown = JSON.parse(readPath(file, path).toString())
  if (!isRecord(value)) throw new Error(`${path} in ${file} is not an object`)
  return value
}

function readPath(file: string, path: string): Buffer {
  return execFileSync('tar', ['-xOf', file, path], { maxBuffer: 1 << 30 })
}
