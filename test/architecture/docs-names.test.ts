// Every name in a guide that somebody might type, search for or alert on exists in the product.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { createOperatorMetrics } from '../../operator/telemetry/metrics.ts'
import { catalogue } from '../../sidecar/telemetry/metric-catalogue.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { isRecord, type JsonRecord, parseRecord, recordOf } from '../support/simulated-vendors/json.ts'
import { commandsOf, type Page, readPage, readProductSources } from './read-pages.ts'

const guides = [
  ...['README.md', 'CONTRIBUTING.md', 'operator/README.md', 'operator/injection/README.md'],
  ...['install', 'operate', 'security', 'settings', 'images', 'README'].map(name => `docs/${name}.md`),
].map(readPage)
const sources = readProductSources()
const read = (path: string) => readFileSync(join(repositoryRoot, path), 'utf8')

/** `page: name` of each name that does not fit. */
function strangers(namesOf: (page: Page) => readonly string[], isKnown: (name: string) => boolean) {
  return guides.flatMap(page =>
    [...new Set(namesOf(page))].filter(name => !isKnown(name)).map(name => `${page.path}: ${name}`),
  )
}

const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name)
const isQuoted = (word: string) => new RegExp(`['"\`]${word}['"\`]`).test(sources)
const hasWord = (word: string) => new RegExp(`\\b${word}\\b`).test(sources)

async function metricNames(): Promise<ReadonlySet<string>> {
  const push = () => ({ streams: 0, snapshotsPushed: 0, bytesPushed: 0 })
  const loop = () => ({ namespaces: 0, queued: 0, compilations: 0, publications: 0, statusWrites: 0 })
  const reflector = { path: 'p', objects: 0, lists: 0, watches: 0, restarts: 0, missed: 0 }
  const readings = { isLeader: () => true, pods: () => new Map(), certificateSeconds: () => 0 }
  const reflectors = () => [reflector]
  const page = await createOperatorMetrics({ ...readings, push, loop, reflectors }, { version: '0' }).render()
  return new Set([
    ...matches(page, /^# TYPE (\S+)/gm),
    ...Object.values(catalogue).map(({ name }): string => name),
  ])
}

test('metrics are on a scrape page', async () => {
  const known = await metricNames()
  const namesOf = ({ text }: Page) => matches(text, /\b((?:llm_fallback|gen_ai_client)_[a-z_]+)/g)
  const isKnown = (name: string) =>
    known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, '')) || name === 'llm_fallback_error'
  assert.deepEqual(strangers(namesOf, isKnown), [])
  assert.ok(guides.flatMap(namesOf).length > 25)
})

test('labels of metrics and their values are the ones that are counted', () => {
  const selectors = ({ text }: Page) => matches(text, /\bllm_fallback_[a-z_]+\{([^}]+)\}/g)
  const pairs = (page: Page) => selectors(page).flatMap(text => text.split(/,(?=[a-z_]+=)/))
  const ofPolicies = ['policy', 'route', 'target', 'from_target', 'to_target']
  const isKnown = (pair: string) => {
    const [, key = '', value = ''] = /^(\w+)="([^"]*)"$/.exec(pair) ?? []
    return hasWord(key) && (ofPolicies.includes(key) || isQuoted(value))
  }
  assert.deepEqual(strangers(pairs, isKnown), [])
})

const settingsOf = (program: string) => {
  const found = matches(read(`${program}/settings.ts`), /'(LLM_FALLBACK_[A-Z_]+)'/g)
  return new Set(found)
}

test('settings are read by a program, and docs/settings.md lists all of them', () => {
  const known = new Set([...settingsOf('sidecar'), ...settingsOf('operator')])
  const namesOf = ({ text }: Page) => matches(text, /\b(LLM_FALLBACK_[A-Z_]+)\b/g)
  assert.deepEqual(
    strangers(namesOf, name => known.has(name)),
    [],
  )
  const [sidecar = '', operator = ''] = read('docs/settings.md').split('## An operator by hand')
  const rowsOf = (text: string) => matches(text, /^\| `(LLM_FALLBACK_[A-Z_]+)`/gm).sort()
  assert.deepEqual(rowsOf(sidecar), [...settingsOf('sidecar')].sort())
  assert.deepEqual(rowsOf(operator), [...settingsOf('operator')].sort())
})

test('headers are read or written', () => {
  const known = new Set([
    ...matches(sources, /(x-llm-fallback[a-z-]*)/g),
    ...matches(sources, /\$\{prefix\}(-[a-z-]+)/g).map(suffix => `x-llm-fallback${suffix}`),
  ])
  const namesOf = ({ text }: Page) => matches(text, /\b(x-llm-fallback[a-z-]*)(?![a-z*-])/g)
  assert.deepEqual(
    strangers(namesOf, name => known.has(name)),
    [],
  )
})

test('labels and annotations are those of the product', () => {
  const known = new Set(matches(sources, /(llmfallback\.io\/[a-z0-9-]*[a-z0-9])/g))
  const namesOf = ({ text }: Page) =>
    matches(text.replaceAll('\\.', '.'), /(llmfallback\.io\/[a-z0-9-]*[a-z0-9])/g)
  assert.deepEqual(
    strangers(namesOf, name => known.has(name)),
    [],
  )
})

/** Of Kubernetes: what people see when something else went wrong. */
const ofKubernetes = [
  ...['ConfigMap', 'ReplicaSet', 'StatefulSet', 'NetworkPolicy', 'PodMonitor', 'ServiceMonitor'],
  ...['FailedCreate', 'FailedMount', 'List', 'Lease', 'Job', 'Dockerfile'],
]

const isKnownWord = (name: string) =>
  isQuoted(name) || ofKubernetes.includes(name) || sources.includes(`interface ${name} {`)

test('kinds, codes, conditions and reasons of events exist', () => {
  const namesOf = ({ spans, text }: Page) => [
    ...spans.filter(span => /^[A-Z][a-z]+[A-Za-z]*$/.test(span)),
    ...matches(text, /\b(?:skipped: |skipped=|failure=|reason=)([A-Z][A-Za-z]+)/g),
    ...matches(text, /\btype=="([A-Z][A-Za-z]+)"/g),
    ...matches(text, /--for=condition=([A-Z][A-Za-z]+)/g),
  ]
  assert.deepEqual(strangers(namesOf, isKnownWord), [])
  assert.ok(guides.flatMap(namesOf).length > 80)
})

test('every reason not to inject is explained', () => {
  const codes = matches(read('operator/injection/skip-reasons.ts'), /^ {2}\| '(\w+)'$/gm)
  assert.ok(codes.length >= 6)
  const told = read('docs/operate.md')
  assert.deepEqual(
    codes.filter(code => !told.includes(`| \`skipped: ${code}\` |`)),
    [],
  )
})

test('commands of npm are scripts of the package', () => {
  const known = [
    'ci',
    'cit',
    'install',
    ...Object.keys(recordOf(parseRecord(read('package.json'))?.['scripts'])),
  ]
  const namesOf = ({ text }: Page) => matches(text, /\bnpm (?:run )?([a-z][a-z:-]*)(?=[`\s])/g)
  const words = ['and', 'or']
  assert.deepEqual(
    strangers(namesOf, name => known.includes(name) || words.includes(name)),
    [],
  )
  const scripts = Object.keys(recordOf(parseRecord(read('package.json'))?.['scripts']))
  const untold = scripts.filter(name => !new RegExp(`npm (run )?${name}\``).test(read('README.md')))
  assert.deepEqual(untold, ['format', 'build'])
})

const isDotted = (span: string) => /^[a-z]\w*(\.\w+)*$/.test(span) && !span.endsWith('.ts')

test('values are values of the chart', () => {
  const values = recordOf(parse(read('charts/llm-fallback/values.yaml')))
  const namesOf = (page: Page) => [
    ...page.spans.filter(span => isDotted(span) && (span.split('.')[0] ?? '') in values),
    ...commandsOf(page).flatMap(command => matches(command, /--set '?([\w.]+)/g)),
    ...page.spans.flatMap(span => matches(span, /--set '?([\w.]+)/g)),
  ]
  assert.deepEqual(
    strangers(namesOf, name => hasPath(values, name.split('.'))),
    [],
  )
  assert.ok(guides.flatMap(namesOf).length > 12)
})

function hasPath(values: JsonRecord, [first = '', ...rest]: readonly string[]): boolean {
  if (!(first in values)) return false
  const value = values[first]
  return rest.length === 0 || (isRecord(value) && hasPath(value, rest))
}

test('names of one word in other letters are words of the code', () => {
  const namesOf = ({ spans }: Page) => spans.filter(span => /^[a-z]+[A-Z]\w*$/.test(span))
  assert.deepEqual(strangers(namesOf, hasWord), [])
})
