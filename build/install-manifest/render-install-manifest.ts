// dist/install.yaml: the definitions and the chart with its defaults, for `kubectl apply --server-side -f`.
import { execFile } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { parseAllDocuments, stringify } from 'yaml'
import { renderManifests } from '../../crds/generate/render-manifests.ts'

const run = promisify(execFile)
const chart = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'charts/llm-fallback')

export const installNamespace = 'llm-fallback-system'

/** What only a release of Helm has. */
const releaseLabels = ['helm.sh/chart', 'app.kubernetes.io/managed-by']

/** Words that YAML 1.1 takes for booleans are quoted: kubectl reads it so. */
const layout = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const

const heading = [
  '# llm-fallback without Helm: kubectl apply --server-side -f install.yaml',
  '# Rendered from charts/llm-fallback by `npm run install-manifest`. Do not edit.',
  '',
].join('\n')

const namespace = {
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: {
    name: installNamespace,
    labels: {
      'app.kubernetes.io/name': 'llm-fallback',
      'app.kubernetes.io/part-of': 'llm-fallback',
      'pod-security.kubernetes.io/enforce': 'restricted',
    },
  },
}

/** @param helm path of the program. @throws Error with what Helm said. */
export async function renderInstallManifest(helm: string): Promise<string> {
  const parameters = ['template', 'llm-fallback', chart, '--namespace', installNamespace, '--skip-tests']
  const { stdout } = await run(helm, parameters, { maxBuffer: 16 * 1024 * 1024 })
  const objects = parseAllDocuments(stdout).map(document => withoutRelease(document.toJS()))
  return [
    `${heading}${stringify(namespace, layout)}`,
    ...renderManifests().map(({ text }) => text),
    ...objects.filter(object => object !== null).map(object => stringify(object, layout)),
  ].join('---\n')
}

/** Of an object and of everything in it, such as the template of its pods. */
function withoutRelease(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutRelease)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !releaseLabels.includes(key))
      .map(([key, inner]) => [key, withoutRelease(inner)]),
  )
}
