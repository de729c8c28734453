// The charts as Helm renders them, as objects.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { repositoryRoot } from '../support/child-process.ts'
import { type HelmProgram, openHelm } from '../support/helm/run-helm.ts'
import {
  isRecord,
  type JsonRecord,
  parseRecord,
  recordOf,
  recordsOf,
  textOf,
} from '../support/simulated-vendors/json.ts'

export const chart = join(repositoryRoot, 'charts/llm-fallback')
export const crdsChart = join(repositoryRoot, 'charts/llm-fallback-crds')
/** Of the package, which charts and images have too. */
export const version: string =
  textOf(parseRecord(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))?.['version']) ?? ''
export const namespace = 'llm-fallback-system'
export const profiles = ['values-ha.yaml', 'values-dev.yaml'] as const
export const monitoring = ['ServiceMonitor', 'PodMonitor'].map(kind => `monitoring.coreos.com/v1/${kind}`)

/** One for a whole file of tests. */
export const helm: HelmProgram = await openHelm()

export interface Rendering {
  /** Values as a file would hold them. */
  readonly values?: object
  /** A file of values beside the chart's own. */
  readonly profile?: (typeof profiles)[number]
  /** What the cluster knows besides Kubernetes itself, such as `monitoring.coreos.com/v1/PodMonitor`. */
  readonly apiVersions?: readonly string[]
  readonly chart?: string
  /** `shown`: with the objects of `helm test`. */
  readonly tests?: 'shown' | 'left out'
}

export async function renderText(rendering: Rendering = {}): Promise<string> {
  return helm.expect({ input: JSON.stringify(rendering.values ?? {}) }, ...parametersOf(rendering))
}

export async function render(rendering: Rendering = {}): Promise<readonly JsonRecord[]> {
  const documents = parseAllDocuments(await renderText(rendering))
  return documents.map((document): unknown => document.toJS()).filter(isRecord)
}

/** What Helm says of values that it does not take. */
export async function refusal(values: object, from: string = chart): Promise<string> {
  const { code, stderr } = await helm.run(
    { input: JSON.stringify(values) },
    ...parametersOf({ values, chart: from }),
  )
  assert.notEqual(code, 0, `accepted: ${JSON.stringify(values)}`)
  return stderr
}

function parametersOf(rendering: Rendering): readonly string[] {
  const { profile, apiVersions = [], tests = 'left out' } = rendering
  return [
    ...['template', 'llm-fallback', rendering.chart ?? chart, '--namespace', namespace],
    ...(profile === undefined ? [] : ['-f', join(chart, profile)]),
    ...['-f', '-'],
    ...apiVersions.flatMap(version => ['--api-versions', version]),
    ...(tests === 'shown' ? [] : ['--skip-tests']),
  ]
}

/** @throws AssertionError when there is not exactly one. */
export function find(objects: readonly JsonRecord[], kind: string, name = 'llm-fallback'): JsonRecord {
  const found = objects.filter(object => object['kind'] === kind && nameOf(object) === name)
  assert.equal(found.length, 1, `${kind} ${name} in ${objects.map(titleOf).join(', ')}`)
  return recordOf(found[0])
}

export function nameOf(object: JsonRecord): string {
  return textOf(recordOf(object['metadata'])['name']) ?? ''
}

/** `Role llm-keys/llm-fallback-credentials` */
export function titleOf(object: JsonRecord): string {
  const place = textOf(recordOf(object['metadata'])['namespace'])
  return `${object['kind']} ${place === undefined ? '' : `${place}/`}${nameOf(object)}`
}

/** Value at a path such as `spec.template.spec.containers.0.image`. */
export function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => {
    if (Array.isArray(inner)) return inner[Number(key)]
    return recordOf(inner)[key]
  }, value)
}

export function podOf(objects: readonly JsonRecord[]): JsonRecord {
  return recordOf(at(find(objects, 'Deployment'), 'spec.template.spec'))
}

/** Settings of the operator, by name. */
export function settingsOf(objects: readonly JsonRecord[]): Readonly<Record<string, unknown>> {
  const variables = recordsOf(at(podOf(objects), 'containers.0.env'))
  return Object.fromEntries(variables.map(({ name, value }) => [textOf(name) ?? '', value]))
}
