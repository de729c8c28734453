// The packages of which a bundle really holds code, by its source map: the lockfile lists many more that nothing calls.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface BundledPackage {
  readonly name: string
  readonly version: string
  /** What its manifest declares, in SPDX's language. */
  readonly licence: string
  /** Of the package's archive, from the lockfile: `sha512-…`. */
  readonly integrity: string
  /** Its licence and notice files, one after the other. */
  readonly licenceText: string
}

/** @throws Error when a package in the bundle is not in the lockfile: it would come from nobody knows where. */
export function listBundledPackages(root: string, sourceMap: string): readonly BundledPackage[] {
  const locked = readMembers(readFileSync(join(root, 'package-lock.json'), 'utf8'), 'package-lock.json')[
    'packages'
  ]
  return packagePathsIn(sourceMap).map(path => {
    const entry = memberOf(locked, path)
    const manifest = readMembers(
      readFileSync(join(root, path, 'package.json'), 'utf8'),
      `${path}/package.json`,
    )
    return {
      name: textOf(manifest, 'name', path),
      version: textOf(entry, 'version', path),
      licence: textOf(manifest, 'license', path),
      integrity: textOf(entry, 'integrity', path),
      licenceText: readLicences(join(root, path)),
    }
  })
}

/** `node_modules/…` of each source in the map that lies in a package, sorted, nested ones included. */
export function packagePathsIn(sourceMap: string): readonly string[] {
  const sources = readMembers(sourceMap, 'the source map')['sources']
  if (!Array.isArray(sources)) throw new Error('the source map lists no sources')
  const paths = sources.flatMap(source => packagePath.exec(String(source))?.[1] ?? [])
  return [...new Set(paths)].sort()
}

/** As far as the last folder of packages goes: what follows is a package's own file. */
const packagePath = /(?:^|\/)(node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/@][^/]*)\//

function readLicences(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(entry => entry.isFile() && /^(licen[cs]e|copying|notice)/i.test(entry.name))
    .map(entry => entry.name)
    .sort()
    .map(name => readFileSync(join(folder, name), 'utf8').trim())
    .join('\n\n')
}

type Members = Readonly<Record<string, unknown>>

function readMembers(text: string, what: string): Members {
  const value: unknown = JSON.parse(text)
  if (!isMembers(value)) throw new Error(`${what} is not an object`)
  return value
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null
}

function memberOf(locked: unknown, path: string): Members {
  const entry = isMembers(locked) ? locked[path] : undefined
  if (!isMembers(entry))
    throw new Error(`${path} is in a bundle and not in package-lock.json: run "npm ci" first`)
  return entry
}

function textOf(members: Members, name: string, path: string): string {
  const value = members[name]
  if (typeof value === 'string' && value !== '') return value
  throw new Error(`${path} says nothing under "${name}"`)
}
