// What the charts refuse, before anything is sent to a cluster.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { isRecord, type JsonRecord, parseRecord, recordOf } from '../support/simulated-vendors/json.ts'
import { chart, crdsChart, profiles, refusal, render } from './sample-charts.ts'

const folders = [chart, crdsChart]
const schemaOf = (folder: string) =>
  recordOf(parseRecord(readFileSync(join(folder, 'values.schema.json'), 'utf8')))
const valuesOf = (folder: string) => recordOf(parse(readFileSync(join(folder, 'values.yaml'), 'utf8')))

/** Whatever stands in these is not ours: parts of a pod, and what charts share. */
const open = ['affinity', 'tolerations[]', 'global']
const peers = /^networkPolicy\.\w+(From|To)\[\]$/

interface Place {
  readonly path: string
  readonly schema: JsonRecord
}

/** Every schema within a schema, with its path. */
function placesOf(schema: JsonRecord, path = ''): readonly Place[] {
  const fields = Object.entries(recordOf(schema['properties'])).map(
    ([name, inner]) => [path === '' ? name : `${path}.${name}`, inner] as const,
  )
  const choices = Array.isArray(schema['anyOf']) ? schema['anyOf'].map(inner => [path, inner] as const) : []
  const items = isRecord(schema['items']) ? [[`${path}[]`, schema['items']] as const] : []
  const inner = [...fields, ...choices, ...items]
  return [{ path, schema }, ...inner.flatMap(([at, one]) => placesOf(recordOf(one), at))]
}

for (const folder of folders) {
  test(`${folder.split('/').at(-1)}: an object takes the fields that it knows, and no others`, () => {
    const loose = placesOf(schemaOf(folder))
      .filter(({ schema }) => schema['type'] === 'object' && schema['additionalProperties'] !== false)
      .filter(({ path }) => !open.includes(path) && !peers.test(path))
    assert.deepEqual(
      loose.map(({ path }) => path),
      [],
    )
  })

  test(`${folder.split('/').at(-1)}: every text has a pattern or a list, every number its bounds`, () => {
    const loose = placesOf(schemaOf(folder)).filter(({ schema }) => {
      const types = [schema['type']].flat()
      if (types.includes('string')) return !('pattern' in schema || 'enum' in schema)
      return types.includes('integer') && !('minimum' in schema && 'maximum' in schema) && !('enum' in schema)
    })
    assert.deepEqual(
      loose.map(({ path }) => path),
      [],
    )
  })

  test(`${folder.split('/').at(-1)}: every default is in the schema`, () => {
    const known = new Set(placesOf(schemaOf(folder)).map(({ path }) => path))
    const unknown = pathsOf(valuesOf(folder), '').filter(path => !known.has(path))
    assert.deepEqual(
      unknown.filter(path => !path.startsWith('nodeSelector.')),
      [],
    )
  })
}

function pathsOf(value: unknown, path: string): readonly string[] {
  if (!isRecord(value)) return [path]
  return Object.entries(value).flatMap(([name, inner]) =>
    pathsOf(inner, path === '' ? name : `${path}.${name}`),
  )
}

test('the profiles are values that the schema takes', async () => {
  for (const profile of profiles) assert.notDeepEqual(await render({ profile }), [])
})

/** Values that are refused, and what the message must say: the place, and what is wrong with it. */
const refused: readonly (readonly [object, RegExp])[] = [
  [{ replica: 2 }, /'replica'/],
  [{ images: { operator: { name: 'x' } } }, /images\/operator.*'name'/s],
  [{ ports: { metrics: 1 } }, /ports.*'metrics'/s],
  [{ injection: { failurePolicy: 'fail' } }, /failurePolicy.*'Fail', 'Ignore'/s],
  [{ replicas: 0 }, /replicas.*minimum/s],
  [{ replicas: '2' }, /replicas.*integer/s],
  [{ ports: { webhook: 443 } }, /ports\/webhook.*minimum/s],
  [{ images: { sidecar: { digest: 'sha256:abc' } } }, /images\/sidecar\/digest.*pattern/s],
  [{ images: { sidecar: { repository: 'Sidecar' } } }, /images\/sidecar\/repository.*pattern/s],
  [{ images: { sidecar: { registry: 'https://x.example' } } }, /images\/sidecar\/registry.*pattern/s],
  [{ pushUrl: 'http://push.example' }, /pushUrl.*pattern/s],
  [{ credentialNamespaces: 'llm-keys' }, /credentialNamespaces.*array/s],
  [{ credentialNamespaces: ['LLM'] }, /credentialNamespaces\/0/],
  [{ credentialNamespaces: [{ namespace: 'llm-keys' }] }, /credentialNamespaces\/0.*secrets/s],
  [{ credentialNamespaces: [{ namespace: 'llm-keys', secrets: [] }] }, /credentialNamespaces\/0\/secrets/],
  [{ credentialNamespaces: [{ namespace: 'k', secrets: ['*'] }] }, /credentialNamespaces\/0\/secrets\/0/],
  [{ commonLabels: { 'not ok': 'x' } }, /commonLabels.*'not ok'/s],
  [{ commonLabels: { team: 1 } }, /commonLabels\/team.*string/s],
  [{ resources: { limits: { memory: '1GB' } } }, /resources\/limits\/memory.*pattern/s],
  [{ sidecar: { resources: { limits: { memory: null } } } }, /sidecar\/resources\/limits.*'memory'/s],
  [{ sidecar: { image: 'x' } }, /sidecar.*'image'/s],
  [{ monitoring: { interval: '30' } }, /monitoring\/interval.*pattern/s],
  // What a schema cannot see: how values stand to each other.
  [
    { sidecar: { resources: { requests: { memory: '512Mi' } } } },
    /requests\.memory: 512Mi is given, and limits\.memory is 256Mi/,
  ],
  [
    { sidecar: { resources: { limits: { cpu: '20m' } } } },
    /requests\.cpu: 50m is given, and limits\.cpu is 20m/,
  ],
  [
    { sidecar: { resources: { requests: { cpu: 0 } } } },
    /requests\.cpu: 0 is given; more than 0 is expected/,
  ],
  ...['llm-fallback-system', 'default', 'kube-system', 'keys'].map(
    namespace =>
      [
        { helmTest: { namespace }, credentialNamespaces: ['keys'] },
        new RegExp(`helmTest\\.namespace: ${namespace} holds other things`),
      ] as const,
  ),
  [{ ports: { webhook: 8443 } }, /ports: webhook is 8443, push is 8443.*each needs a port of its own/s],
  [{ credentialNamespaces: ['a', { namespace: 'a', secrets: ['b'] }] }, /\[1\]: a is listed twice/],
  [{ credentialNamespaces: ['llm-fallback-system'] }, /\[0\]: llm-fallback-system is the operator's own/],
  [
    { credentialNamespaces: [{ namespace: 'llm-fallback-system', secrets: ['llm-fallback-ca'] }] },
    /\[0\]: llm-fallback-ca holds the keys/,
  ],
]

for (const [values, message] of refused) {
  test(`refuses ${JSON.stringify(values)}`, async () => {
    assert.match(await refusal(values), message)
  })
}

test('the chart of the definitions refuses too', async () => {
  assert.match(await refusal({ keep: 'yes' }, crdsChart), /keep.*boolean/s)
  assert.match(await refusal({ crds: {} }, crdsChart), /'crds'/)
})

test('takes what charts share, and the condition of a chart that embeds it', async () => {
  const values = { enabled: true, global: { storageClass: 'fast', imageRegistry: 'mirror.example' } }
  assert.notDeepEqual(await render({ values }), [])
  assert.notDeepEqual(await render({ values, chart: crdsChart }), [])
})
