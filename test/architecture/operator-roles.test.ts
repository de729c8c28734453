// What the operator may do, permission by permission, each with its reason: whoever grants more has to say here what for.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kinds } from '../../crds/generate/kinds.ts'
import { findRole, permissionsOf, readOperatorRoles } from '../support/operator-roles.ts'

type Reasons = Readonly<Record<string, string>>

const reading = (resource: string, reason: string): Reasons =>
  Object.fromEntries(['get', 'list', 'watch'].map(verb => [`${verb} ${resource}`, reason]))
const everyKind = (permission: (plural: string) => Reasons): Reasons =>
  Object.assign({}, ...kinds.map(({ plural }) => permission(plural)))
const ownWebhook = (resource: string): Reasons => ({
  [`get ${resource} llm-fallback`]: 'to see that nobody has changed it',
  [`create ${resource} llm-fallback`]: 'server-side apply of one that is not there',
  [`patch ${resource} llm-fallback`]: 'server-side apply, with the CA of the day',
})

const reasons: Readonly<Record<string, Reasons>> = {
  cluster: {
    ...everyKind(plural => reading(plural, 'what people wrote')),
    ...everyKind(plural => ({ [`patch ${plural}/status`]: 'whether it is live' })),
    ...reading('namespaces', 'labels that selectors ask for'),
    ...reading('pods', 'who a sidecar is, and that every pod is accounted for'),
    ...reading('configmaps llm-fallback-ca', 'whether somebody has changed or deleted whom sidecars trust'),
    'create configmaps llm-fallback-ca': 'server-side apply, beside the pods of a namespace',
    'patch configmaps llm-fallback-ca': 'server-side apply, with the CA of the day',
    'get clusterroles llm-fallback': 'the owner of all that the operator makes',
    'create tokenreviews': 'whether the token of a sidecar is good',
    'create events': 'what kubectl describe tells of a policy or a pod',
    'patch events': 'to count repeats instead of writing them all',
    ...ownWebhook('validatingwebhookconfigurations'),
    ...ownWebhook('mutatingwebhookconfigurations'),
  },
  'own-namespace': {
    'get secrets llm-fallback-ca': 'the keys of the certificate authorities',
    'update secrets llm-fallback-ca': 'their rotation',
    'create secrets': 'the first keys; a POST cannot be limited by name',
    'get configmaps llm-fallback-ca': 'to see that nobody has changed it',
    'list configmaps': 'summaries of other replicas',
    'watch configmaps': 'summaries of other replicas',
    'create configmaps': 'the CA and the own summary, which is named after the replica',
    'patch configmaps': 'the CA and the own summary',
    'delete configmaps': 'summaries of replicas that are gone',
    'get leases llm-fallback': 'who leads',
    'update leases llm-fallback': 'to go on leading',
    'create leases': 'the first replica; a POST cannot be limited by name',
  },
  'credential-namespace': reading('secrets llm-fallback-keys', 'keys of providers, each Secret by its name'),
  'aggregated-view': everyKind(plural => reading(plural, 'people who may view')),
  'aggregated-edit': Object.fromEntries(
    ['fallbackpolicies', 'llmproviders'].flatMap(plural =>
      ['create', 'update', 'patch', 'delete', 'deletecollection'].map(verb => [
        `${verb} ${plural}`,
        'people who may edit the namespace',
      ]),
    ),
  ),
}

const roles = readOperatorRoles()

test('there is a reason for every role', () => {
  assert.deepEqual(roles.map(({ file }) => file).sort(), Object.keys(reasons).sort())
})

for (const { file, rules } of roles) {
  test(`${file} grants what there is a reason for, and nothing else`, () => {
    assert.deepEqual([...permissionsOf(rules)].sort(), Object.keys(reasons[file] ?? {}).sort())
  })
}

test('no rule has a wildcard or an empty list, which would mean everything', () => {
  for (const { file, rules } of roles) {
    for (const { resourceNames = ['any'], ...rule } of rules) {
      const lists = [rule.apiGroups, rule.resources, rule.verbs, resourceNames]
      assert.ok(
        lists.flat().every(word => !word.includes('*')),
        file,
      )
      assert.ok(
        lists.every(list => list.length > 0),
        file,
      )
    }
  }
})

test('no cluster role knows Secrets, and no role reads them without their names', () => {
  for (const { file, kind, rules } of roles) {
    for (const { resources, verbs, resourceNames } of rules) {
      if (!resources.includes('secrets')) continue
      assert.equal(kind, 'Role', file)
      assert.ok(resourceNames !== undefined || verbs.join() === 'create', file)
    }
  }
})

test('nobody gets a role that makes pods, tokens, roles or other identities', () => {
  const forbidden =
    /pods\/|serviceaccounts|roles|rolebindings|certificatesigningrequests|nodes|^(?!get|list|watch)\w+ pods/
  const verbs = /^(bind|escalate|impersonate|deletecollection) /
  for (const { file, rules } of roles) {
    const granted = permissionsOf(rules)
      .filter(one => forbidden.test(one) || verbs.test(one))
      // To read who owns what it makes.
      .filter(one => one !== 'get clusterroles llm-fallback')
    assert.deepEqual(
      granted.filter(one => file !== 'aggregated-edit' || !one.startsWith('deletecollection ')),
      [],
    )
  }
})

test('roles for people are added to those that every cluster has', () => {
  const aggregated = (file: string) =>
    Object.keys(findRole(file).labels).filter(label => label.includes('/aggregate-to-'))
  const prefix = 'rbac.authorization.k8s.io/aggregate-to-'
  assert.deepEqual(aggregated('aggregated-view'), [`${prefix}view`, `${prefix}edit`, `${prefix}admin`])
  assert.deepEqual(aggregated('aggregated-edit'), [`${prefix}edit`, `${prefix}admin`])
  for (const file of ['cluster', 'own-namespace', 'credential-namespace']) {
    assert.deepEqual(aggregated(file), [], file)
  }
})
