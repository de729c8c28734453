// What holds for every pod, however strange.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { applyPatch, injectionContext } from '../../test/support/injection-kit.ts'
import { isRecord, parseRecord, recordOf, recordsOf } from '../../test/support/simulated-vendors/json.ts'
import { injectPod } from './inject-pod.ts'

type Fields = Readonly<Record<string, unknown>>

const text = fc.constantFrom('a', 'b', 'a/b~c', '~1', 'OPENAI_API_KEY', 'x y', '')
const variable = fc.record(
  {
    name: fc.constantFrom(
      'OPENAI_BASE_URL',
      'OPENAI_API_KEY',
      'HTTP_PROXY',
      'NO_PROXY',
      'AZURE_OPENAI_API_KEY',
      'A',
    ),
    value: text,
    valueFrom: fc.constant({ secretKeyRef: { name: 's', key: 'k' } }),
    unknownField: fc.jsonValue(),
  },
  { requiredKeys: ['name'] },
)
const container = fc.record(
  {
    name: fc.constantFrom('app', 'web', 'init', 'a~b'),
    image: text,
    env: fc.oneof(fc.uniqueArray(variable, { selector: one => one.name }), fc.constant(null)),
    envFrom: fc.constantFrom([], [{ secretRef: { name: 's' } }]),
    ports: fc.array(fc.record({ containerPort: fc.integer({ min: 1, max: 65535 }) })),
    restartPolicy: fc.constant('Always'),
    aFieldOfTomorrow: fc.jsonValue(),
  },
  { requiredKeys: ['name'] },
)
const volume = fc.record({ name: fc.constantFrom('data', 'v/1'), anything: fc.jsonValue() })
const podShape = fc.record(
  {
    metadata: fc.record(
      {
        name: text,
        annotations: fc.dictionary(text, text),
        labels: fc.dictionary(text, text),
        other: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    spec: fc.record(
      {
        containers: fc.array(container, { minLength: 1, maxLength: 3 }),
        initContainers: fc.oneof(fc.array(container, { maxLength: 2 }), fc.constant(null)),
        volumes: fc.oneof(fc.array(volume, { maxLength: 2 }), fc.constant(null)),
        securityContext: fc.record({ runAsUser: fc.integer({ min: 0, max: 70_000 }) }),
        hostNetwork: fc.boolean(),
        aFieldOfTomorrow: fc.jsonValue(),
      },
      { requiredKeys: ['containers'] },
    ),
    status: fc.jsonValue(),
  },
  { requiredKeys: ['metadata', 'spec'] },
)

/** As it comes off the wire. */
const pod = podShape.map(shape => recordOf(parseRecord(JSON.stringify(shape))))

function decide(object: unknown) {
  const decision = injectPod(object, injectionContext)
  assert.ok(decision.kind !== 'refused')
  return { decision, patched: applyPatch(object, decision.patch) }
}

/** The pod without anything that an injection adds. */
function withoutOurs(object: unknown): Fields {
  const { metadata, spec, ...rest } = recordOf(object)
  const { annotations: _annotations, ...restOfMetadata } = recordOf(metadata)
  const { containers, initContainers, volumes, ...restOfSpec } = recordOf(spec)
  return {
    ...rest,
    metadata: restOfMetadata,
    spec: {
      ...restOfSpec,
      containers: recordsOf(containers).map(withoutVariables),
      initContainers: recordsOf(initContainers).filter(isNotOurs).map(withoutVariables),
      volumes: recordsOf(volumes).filter(isNotOurs),
    },
  }
}

function withoutVariables({ env: _env, ...rest }: Fields): Fields {
  return rest
}

function isNotOurs({ name }: Fields): boolean {
  return !String(name).startsWith('llm-fallback')
}

const lists = ['containers', 'initContainers'] as const

test('everything that was there is there still, with fields that nobody knows yet', () => {
  fc.assert(
    fc.property(pod, object => {
      const { patched } = decide(object)
      assert.deepEqual(withoutOurs(patched), withoutOurs(object))
      const before = recordOf(recordOf(object['metadata'])['annotations'])
      const after = recordOf(recordOf(recordOf(patched)['metadata'])['annotations'])
      for (const [name, value] of Object.entries(before)) assert.equal(after[name], value)
    }),
    { numRuns: 300 },
  )
})

test('variables of the app stay as they are, but for what is excepted from proxies', () => {
  fc.assert(
    fc.property(pod, object => {
      const { patched } = decide(object)
      for (const list of lists) {
        const after = recordsOf(recordOf(recordOf(patched)['spec'])[list]).filter(isNotOurs)
        for (const [index, one] of recordsOf(recordOf(object['spec'])[list]).entries()) {
          const before = recordsOf(one['env']).filter(({ name }) => name !== 'NO_PROXY')
          const now = recordsOf(after[index]?.['env']).filter(({ name }) => name !== 'NO_PROXY')
          assert.deepEqual(now.slice(0, before.length), before)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('a pod that has passed passes again unchanged', () => {
  fc.assert(
    fc.property(pod, object => {
      const { patched } = decide(object)
      assert.deepEqual(decide(patched).patched, patched)
    }),
    { numRuns: 300 },
  )
})

test('garbage is answered, not thrown at', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.record({ metadata: fc.jsonValue(), spec: fc.jsonValue() })),
      value => {
        assert.ok(isRecord(injectPod(value, injectionContext)))
      },
    ),
  )
})
