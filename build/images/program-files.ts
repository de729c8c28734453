// What the image of one program holds above the runtime: the bundle, its compiled code, its licences and its list of contents.
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BundledPackage, listBundledPackages } from './bundled-packages.ts'
import { describeContents } from './describe-contents.ts'
import type { ImageFile, WrittenFile } from './image-file.ts'
import { nodeBinary } from './node-runtime.ts'
import { describePackages, listLibraries } from './shared-libraries.ts'

export interface ProgramOrder {
  /** Top of the repository. */
  readonly root: string
  /** Where the bundles lie. */
  readonly bundles: string
  /** `sidecar` or `operator`. */
  readonly program: string
  readonly version: string
  readonly nodeVersion: string
  readonly createdAt: Date
}

export interface ProgramFiles {
  /** Without compiled code. */
  readonly files: readonly ImageFile[]
  /** SPDX, also among the files. */
  readonly contents: string
}

/** @throws Error when the bundle is missing, or holds a package that the lockfile does not. */
export async function listProgramFiles(order: ProgramOrder): Promise<ProgramFiles> {
  const { root, bundles, program, version } = order
  const bundle = `${program}-program.js`
  const bundled = listBundledPackages(root, await readFile(join(bundles, `${bundle}.map`), 'utf8'))
  const contents = await describe(order, bundled)
  const documents = '/usr/share/doc/llm-fallback'
  return {
    contents,
    files: [
      // Without it Node would read the bundle twice: as CommonJS, and when that has failed as a module.
      written(
        '/app/package.json',
        `${JSON.stringify({ name: `llm-fallback-${program}`, version, type: 'module' })}\n`,
      ),
      { kind: 'copied', path: `/app/${program}.js`, source: join(bundles, `${program}.js`) },
      { kind: 'copied', path: `/app/${bundle}`, source: join(bundles, bundle) },
      {
        kind: 'copied',
        path: `${documents}/${bundle}.LEGAL.txt`,
        source: join(bundles, `${bundle}.LEGAL.txt`),
      },
      { kind: 'copied', path: `${documents}/LICENSE`, source: join(root, 'LICENSE') },
      written(`${documents}/third-party-licences.txt`, bundled.map(printLicence).join('\n')),
      written(`/usr/share/sbom/${program}.spdx.json`, contents),
    ],
  }
}

async function describe(order: ProgramOrder, bundled: readonly BundledPackage[]): Promise<string> {
  const { program, version, createdAt, nodeVersion } = order
  const release = await readFile('/etc/os-release', 'utf8')
  const sha256 = createHash('sha256')
    .update(await readFile(nodeBinary))
    .digest('hex')
  return describeContents({
    program,
    version,
    createdAt,
    bundled,
    libraries: describePackages(listLibraries(nodeBinary)),
    debianVersion: /^VERSION_ID="?([\d.]+)/m.exec(release)?.[1] ?? 'unknown',
    node: { version: nodeVersion, sha256 },
  })
}

function printLicence({ name, version, licence, licenceText }: BundledPackage): string {
  const line = '='.repeat(80)
  const text =
    licenceText === '' ? `Its manifest declares ${licence}; the package holds no text of it.` : licenceText
  return `${line}\n${name} ${version} (${licence})\n${line}\n\n${text}\n`
}

function written(path: string, content: string): WrittenFile {
  return { kind: 'written', path, content }
}
