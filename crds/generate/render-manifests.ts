// The manifests as files, byte for byte the same for the same language.
import { stringify } from 'yaml'
import { apiVersion } from '../resources/resource.ts'
import { buildManifest } from './build-manifest.ts'
import { type KindDescription, kinds } from './kinds.ts'
import { NotRepresentable } from './structural-schema.ts'

/** A larger one could not be applied by clients that keep the last applied object in an annotation. */
export const maxManifestBytes = 100 * 1024

export interface ManifestFile {
  /** `llmfallback.io_fallbackpolicies.yaml` */
  readonly name: string
  readonly text: string
}

const heading = '# Generated from crds/resources by `npm run generate`. Do not edit.\n'

/** Half of a file is indentation, so lists stand where their key stands. */
const layout = { sortMapEntries: true, aliasDuplicateObjects: false, lineWidth: 0, indentSeq: false }

export function renderManifests(): readonly ManifestFile[] {
  return kinds.map(renderManifest)
}

function renderManifest(description: KindDescription): ManifestFile {
  const manifest = buildManifest(description)
  const text = heading + stringify(manifest, layout)
  const bytes = Buffer.byteLength(text)
  if (bytes > maxManifestBytes) {
    throw new NotRepresentable(
      description.kind,
      `its manifest has ${bytes} bytes; at most ${maxManifestBytes}`,
    )
  }
  return { name: `${apiVersion.split('/')[0]}_${description.plural}.yaml`, text }
}
