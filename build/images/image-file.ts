// What can lie in an image, and in which order it is written: the same files always make the same bytes.
import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'

interface Placed {
  /** Absolute path inside the image. */
  readonly path: string
  /** Root when absent: what a program may not change does not belong to it. */
  readonly owner?: Owner
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** A file whose bytes are at hand. */
export interface WrittenFile extends Placed {
  readonly kind: 'written'
  readonly content: string | Uint8Array
  /** 0o644 when absent. */
  readonly mode?: number
}

/** A file of the build machine; a symbolic link is followed. */
export interface CopiedFile extends Placed {
  readonly kind: 'copied'
  readonly source: string
  /** 0o644 when absent: the mode on the build machine depends on whose machine it is. */
  readonly mode?: number
}

export interface SymbolicLink extends Placed {
  readonly kind: 'link'
  readonly target: string
}

/** Only for folders with an owner or a mode of their own: the others appear with their files, as root's, 0o755. */
export interface Folder extends Placed {
  readonly kind: 'folder'
  readonly mode?: number
}

export type ImageFile = WrittenFile | CopiedFile | SymbolicLink | Folder

/** Every file under `source`, to lie under `path`: for a compile cache, or an app with its packages. Links are followed. */
export function listTree(source: string, path: string): readonly CopiedFile[] {
  return readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(entry => !entry.isDirectory())
    .map(entry => join(entry.parentPath, entry.name))
    .map(file => ({ kind: 'copied', path: posix.join(path, file.slice(source.length)), source: file }))
}

/**
 * Sorted, with the folders that hold them, each path once.
 * @throws Error when two different files want the same path, or a path is not absolute and plain.
 */
export function arrangeFiles(files: readonly ImageFile[]): readonly ImageFile[] {
  const arranged = new Map<string, ImageFile>()
  for (const file of files) {
    if (!posix.isAbsolute(file.path) || posix.normalize(file.path) !== file.path || file.path.endsWith('/')) {
      throw new Error(
        `"${file.path}" is not a place in an image: write an absolute path without "..", "//" or a "/" at its end`,
      )
    }
    if (arranged.has(file.path)) throw new Error(`two files of one image want to be ${file.path}`)
    arranged.set(file.path, file)
  }
  for (const { path } of files) {
    for (const parent of parentsOf(path)) {
      const there = arranged.get(parent)
      if (there === undefined) arranged.set(parent, { kind: 'folder', path: parent })
      else if (there.kind !== 'folder') throw new Error(`${path} lies under ${parent}, which is not a folder`)
    }
  }
  // By bytes, not by a language's rules: those differ between machines.
  return [...arranged.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
}

function parentsOf(path: string): readonly string[] {
  const parent = posix.dirname(path)
  return parent === '/' ? [] : [...parentsOf(parent), parent]
}
