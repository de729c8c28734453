// The roles that come out of the chart are those of the files in which each permission has its reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findRole, permissionsOf, readOperatorRoles } from '../support/operator-roles.ts'
import { type JsonRecord, recordsOf } from '../support/simulated-vendors/json.ts'
import { at, find, namespace, render, titleOf } from './sample-charts.ts'

const account = [{ kind: 'ServiceAccount', name: 'llm-fallback', namespace }]
const everything = await render({ profile: 'values-ha.yaml', tests: 'shown' })

for (const role of readOperatorRoles().filter(({ file }) => file !== 'credential-namespace')) {
  test(`${role.file} is rendered as it stands in its file`, () => {
    const rendered = find(everything, role.kind, role.name)
    assert.deepEqual(rendered['rules'], role.rules)
    for (const [label, value] of Object.entries(role.labels)) {
      const labels = new Map(Object.entries(Object(at(rendered, 'metadata.labels'))))
      assert.equal(labels.get(label), value)
    }
  })

  test(`${role.file} is bound to the operator, or to nobody if it is for people`, () => {
    const bindings = everything.filter(object => at(object, 'roleRef.name') === role.name)
    const ofKind = bindings.filter(object => at(object, 'roleRef.kind') === role.kind)
    if (role.file.startsWith('aggregated-')) assert.deepEqual(ofKind, [])
    else
      assert.deepEqual(
        ofKind.map(binding => binding['subjects']),
        [account],
      )
  })
}

test('roles for people can be left out', async () => {
  const objects = await render({ values: { rbac: { aggregate: false } } })
  assert.deepEqual(
    objects.map(titleOf).filter(title => title.startsWith('ClusterRole ')),
    ['ClusterRole llm-fallback'],
  )
})

test('no ClusterRole knows Secrets', () => {
  for (const object of everything.filter(({ kind }) => kind === 'ClusterRole')) {
    for (const rule of recordsOf(object['rules'])) {
      const resources = Array.isArray(rule['resources']) ? rule['resources'] : []
      assert.ok(
        resources.every(one => one !== 'secrets' && one !== '*'),
        titleOf(object),
      )
    }
  }
})

test('listed Secrets are granted by their names, in their namespace, to the operator', async () => {
  const values = {
    credentialNamespaces: [
      { namespace: 'llm-keys', secrets: ['openai', 'anthropic'] },
      { namespace, secrets: ['platform'] },
    ],
  }
  const objects = await render({ values })
  assert.deepEqual(permissions(objects, 'llm-keys').sort(), [
    'get secrets anthropic',
    'get secrets openai',
    'list secrets anthropic',
    'list secrets openai',
    'watch secrets anthropic',
    'watch secrets openai',
  ])
  assert.deepEqual(
    permissions(objects, namespace),
    ['get', 'list', 'watch'].map(verb => `${verb} secrets platform`),
  )
  const bindings = objects.filter(
    object => at(object, 'roleRef.name') === findRole('credential-namespace').name,
  )
  assert.deepEqual(bindings.map(titleOf), [
    'RoleBinding llm-keys/llm-fallback-credentials',
    `RoleBinding ${namespace}/llm-fallback-credentials`,
  ])
  for (const binding of bindings) assert.deepEqual(binding['subjects'], account)
})

test('a namespace that is kept for keys is granted whole, to read and no more', async () => {
  const objects = await render({ values: { credentialNamespaces: ['llm-keys'] } })
  assert.deepEqual(permissions(objects, 'llm-keys'), ['get secrets', 'list secrets', 'watch secrets'])
})

function permissions(objects: readonly JsonRecord[], of: string): string[] {
  const role = objects.find(object => titleOf(object) === `Role ${of}/llm-fallback-credentials`)
  const texts = (value: unknown) => (Array.isArray(value) ? value.filter(one => typeof one === 'string') : [])
  const rules = recordsOf(role?.['rules']).map(rule => ({
    apiGroups: texts(rule['apiGroups']),
    resources: texts(rule['resources']),
    verbs: texts(rule['verbs']),
    ...('resourceNames' in rule ? { resourceNames: texts(rule['resourceNames']) } : {}),
  }))
  return [...permissionsOf(rules)]
}
