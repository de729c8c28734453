// The shared libraries that Node is linked with, the Debian packages that they come from and their licences.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import type { CopiedFile } from './image-file.ts'

export interface SharedLibrary {
  /** Where the loader looks for it, and where it lies in the image. */
  readonly path: string
  /** The file on this machine, links followed. */
  readonly source: string
  /** Debian's package, e.g. `libc6`. */
  readonly packageName: string
}

/** A package of Debian of which the image holds a library. */
export interface LibraryPackage {
  readonly name: string
  readonly version: string
  /** By which Debian keeps the source, under the version of the source. */
  readonly source: string
  readonly sourceVersion: string
  readonly architecture: string
}

const packageNames: Readonly<Record<string, string>> = {
  libc: 'libc6',
  libm: 'libc6',
  libdl: 'libc6',
  libpthread: 'libc6',
  librt: 'libc6',
  'ld-linux-x86-64': 'libc6',
  'ld-linux-aarch64': 'libc6',
  'libstdc++': 'libstdc++6',
  libgcc_s: 'libgcc-s1',
  libatomic: 'libatomic1',
}

/**
 * What the loader itself would load, by its own list: folders differ between machines.
 * @throws Error where the program is not linked with the GNU C library, or with a library that nobody has looked at.
 */
export function listLibraries(program: string): readonly SharedLibrary[] {
  const paths = readLoaderList(execFileSync('ldd', [program], { encoding: 'utf8' }))
  if (!paths.some(path => basename(path).startsWith('ld-linux'))) {
    throw new Error(`${program} is not linked with the GNU C library: images are built on Debian`)
  }
  return paths.map(path => ({ path, source: realpathSync(path), packageName: packageOf(path) }))
}

/**
 * The paths in the loader's list: `libm.so.6 => /lib/… (0x…)`, or the path alone for the loader.
 * @throws Error naming what the machine does not have.
 */
export function readLoaderList(list: string): readonly string[] {
  const missing = [...list.matchAll(/^\s*(\S+) => not found/gm)].map(([, name]) => name)
  if (missing.length > 0)
    throw new Error(`this machine lacks libraries that Node needs: ${missing.join(', ')}`)
  return [...list.matchAll(/^\s*(?:\S+ => )?(\/\S+) \(0x/gm)].flatMap(([, path]) => path ?? []).sort()
}

function packageOf(path: string): string {
  const name = packageNames[basename(path).replace(/\.so.*$/, '')]
  if (name !== undefined) return name
  throw new Error(
    `${path} would be a new library in the images: say in shared-libraries.ts which package it is of`,
  )
}

/** The packages of these libraries as Debian's own list has them. */
export function describePackages(libraries: readonly SharedLibrary[]): readonly LibraryPackage[] {
  const format = ['Package', 'Version', 'source:Package', 'source:Version', 'Architecture']
    .map(field => `\${${field}}`)
    .join(' ')
  const list = execFileSync('dpkg-query', ['-W', '-f', `${format}\n`, ...packagesOf(libraries)], {
    encoding: 'utf8',
  })
  return list.trim().split('\n').map(readPackageLine)
}

function readPackageLine(line: string): LibraryPackage {
  const [name, version, source, sourceVersion, architecture] = line.split(' ')
  if (!name || !version || !source || !sourceVersion || !architecture) {
    throw new Error(`dpkg-query answered "${line}": the package is not installed as a package of Debian`)
  }
  return { name, version, source, sourceVersion, architecture }
}

/** Who holds the rights in the libraries, with the licences that those texts refer to. */
export function listCopyrights(libraries: readonly SharedLibrary[]): readonly CopiedFile[] {
  const notices = packagesOf(libraries).map(name => `/usr/share/doc/${name}/copyright`)
  const missing = notices.find(path => !existsSync(path))
  if (missing !== undefined) {
    throw new Error(`${missing} is missing: images are built where Debian's packages keep their licences`)
  }
  const referred = notices
    .flatMap(path => [
      ...readFileSync(path, 'utf8').matchAll(/\/usr\/share\/common-licenses\/[\w-]+(?:\.\d+)*/g),
    ])
    .map(([path]) => path)
  return [...new Set([...notices, ...referred])]
    .filter(path => existsSync(path))
    .map(path => ({ kind: 'copied', path, source: realpathSync(path) }))
}

function packagesOf(libraries: readonly SharedLibrary[]): readonly string[] {
  return [...new Set(libraries.map(({ packageName }) => packageName))].sort()
}
