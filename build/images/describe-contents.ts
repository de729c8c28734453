// The list of what an image holds: SPDX 2.3 (ISO/IEC 5962) as JSON, for scanners and for whoever asks what is running.
// https://spdx.github.io/spdx-spec/v2.3/
import { createHash } from 'node:crypto'
import type { BundledPackage } from './bundled-packages.ts'
import type { LibraryPackage } from './shared-libraries.ts'

export interface Contents {
  /** `sidecar` or `operator`. */
  readonly program: string
  readonly version: string
  readonly createdAt: Date
  readonly bundled: readonly BundledPackage[]
  readonly libraries: readonly LibraryPackage[]
  /** Of Debian: `12`. */
  readonly debianVersion: string
  readonly node: { readonly version: string; readonly sha256: string }
}

/** A package in the words of SPDX. */
export interface SpdxPackage {
  readonly SPDXID: string
  readonly name: string
  readonly versionInfo: string
  readonly supplier: string
  readonly downloadLocation: string
  readonly filesAnalyzed: false
  readonly licenseConcluded: string
  readonly licenseDeclared: string
  readonly copyrightText: string
  readonly primaryPackagePurpose: 'APPLICATION' | 'LIBRARY'
  readonly checksums?: readonly { readonly algorithm: string; readonly checksumValue: string }[]
  readonly externalRefs: readonly {
    readonly referenceCategory: 'PACKAGE-MANAGER' | 'SECURITY'
    readonly referenceType: 'purl' | 'cpe23Type'
    readonly referenceLocator: string
  }[]
}

const nobodySays = 'NOASSERTION'

/** The document as text: the same contents give the same bytes. */
export function describeContents(contents: Contents): string {
  const program = describeProgram(contents)
  const parts = [
    describeNode(contents),
    ...contents.libraries.map(library => describeLibrary(library, contents.debianVersion)),
    ...contents.bundled.map(describeBundled),
  ]
  const relationships = [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: program.SPDXID },
    ...parts.map(({ SPDXID }) => ({
      spdxElementId: program.SPDXID,
      relationshipType: 'CONTAINS',
      relatedSpdxElement: SPDXID,
    })),
  ]
  const packages = [program, ...parts]
  const digest = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 32)
  const name = `llm-fallback-${contents.program}-${contents.version}`
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name,
    // Unique for what it describes and the same for each build of it: no chance in a reproducible image.
    documentNamespace: `https://llmfallback.io/spdx/${name}-${digest}`,
    creationInfo: {
      created: contents.createdAt.toISOString().replace(/\.\d+Z$/, 'Z'),
      creators: [`Tool: llm-fallback-images-${contents.version}`],
    },
    packages,
    relationships,
  }
  return `${JSON.stringify(document, undefined, 2)}\n`
}

function describeProgram({ program, version }: Contents): SpdxPackage {
  return {
    ...describe(`llm-fallback-${program}`, version),
    licenseDeclared: 'Apache-2.0',
    primaryPackagePurpose: 'APPLICATION',
    externalRefs: [purl(`pkg:oci/${program}@${version}?repository_url=ghcr.io/llm-fallback/${program}`)],
  }
}

function describeNode({ node }: Contents): SpdxPackage {
  const cpe = `cpe:2.3:a:nodejs:node.js:${node.version}:*:*:*:*:*:*:*`
  return {
    ...describe('node', node.version),
    licenseDeclared: 'MIT',
    primaryPackagePurpose: 'APPLICATION',
    checksums: [{ algorithm: 'SHA256', checksumValue: node.sha256 }],
    externalRefs: [
      purl(`pkg:generic/node@${node.version}`),
      // Where warnings about Node and what is linked into it are filed.
      { referenceCategory: 'SECURITY', referenceType: 'cpe23Type', referenceLocator: cpe },
    ],
  }
}

function describeLibrary(library: LibraryPackage, debianVersion: string): SpdxPackage {
  const { name, version, source, sourceVersion, architecture } = library
  const upstream = `upstream=${source}%40${encodeURIComponent(sourceVersion)}`
  const place = `arch=${architecture}&distro=debian-${debianVersion}&${upstream}`
  return {
    ...describe(name, version),
    externalRefs: [
      purl(`pkg:deb/debian/${encodeURIComponent(name)}@${encodeURIComponent(version)}?${place}`),
    ],
  }
}

function describeBundled({ name, version, licence, integrity }: BundledPackage): SpdxPackage {
  const [algorithm, digest] = integrity.split('-')
  if (algorithm !== 'sha512' || digest === undefined)
    throw new Error(`${name} is locked by "${integrity}", not by a sha512`)
  return {
    ...describe(name, version),
    licenseDeclared: licence,
    checksums: [{ algorithm: 'SHA512', checksumValue: Buffer.from(digest, 'base64').toString('hex') }],
    externalRefs: [purl(`pkg:npm/${name.replace('@', '%40')}@${version}`)],
  }
}

function describe(name: string, versionInfo: string): Omit<SpdxPackage, 'externalRefs'> {
  return {
    SPDXID: `SPDXRef-${name}-${versionInfo}`.replace(/[^A-Za-z0-9.-]/g, '-'),
    name,
    versionInfo,
    supplier: nobodySays,
    downloadLocation: nobodySays,
    filesAnalyzed: false,
    licenseConcluded: nobodySays,
    licenseDeclared: nobodySays,
    copyrightText: nobodySays,
    primaryPackagePurpose: 'LIBRARY',
  }
}

function purl(referenceLocator: string): SpdxPackage['externalRefs'][number] {
  return { referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator }
}
