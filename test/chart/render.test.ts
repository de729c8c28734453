// What comes out of the chart, value by value.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  at,
  chart,
  crdsChart,
  find,
  helm,
  monitoring,
  podOf,
  profiles,
  type Rendering,
  render,
  renderText,
  settingsOf,
  titleOf,
} from './sample-charts.ts'

test('both charts pass the strict linter, with every profile', async () => {
  await helm.expect({}, 'lint', '--strict', chart, crdsChart)
  for (const profile of profiles)
    await helm.expect({}, 'lint', '--strict', chart, '-f', `${chart}/${profile}`)
})

test('the same values give the same bytes', async () => {
  const everything: Rendering = { profile: 'values-ha.yaml', apiVersions: monitoring, tests: 'shown' }
  assert.equal(await renderText(everything), await renderText(everything))
})

test('the defaults make an operator and nothing that nobody asked for', async () => {
  const objects = await render()
  assert.deepEqual(objects.map(titleOf).sort(), [
    'ClusterRole llm-fallback',
    'ClusterRole llm-fallback-edit',
    'ClusterRole llm-fallback-view',
    'ClusterRoleBinding llm-fallback',
    'Deployment llm-fallback-system/llm-fallback',
    'PodDisruptionBudget llm-fallback-system/llm-fallback',
    'Role llm-fallback-system/llm-fallback',
    'RoleBinding llm-fallback-system/llm-fallback',
    'Service llm-fallback-system/llm-fallback',
    'ServiceAccount llm-fallback-system/llm-fallback',
  ])
})

test('no object that the operator writes itself is in a template: GitOps has nothing to fight about', async () => {
  const everything = await renderText({ profile: 'values-ha.yaml', apiVersions: monitoring, tests: 'shown' })
  assert.doesNotMatch(everything, /kind: (Mutating|Validating)Webhook|kind: (Secret|Lease)\b|caBundle/)
})

test('the Service leads to the ports of the pods by their names', async () => {
  const objects = await render({ values: { ports: { webhook: 10250, push: 18443, admin: 18080 } } })
  assert.deepEqual(at(find(objects, 'Service'), 'spec.ports'), [
    { name: 'webhook', port: 443, targetPort: 'webhook', protocol: 'TCP' },
    { name: 'push', port: 8443, targetPort: 'push', protocol: 'TCP' },
    { name: 'admin', port: 8080, targetPort: 'admin', protocol: 'TCP' },
  ])
  assert.deepEqual(at(podOf(objects), 'containers.0.ports'), [
    { name: 'webhook', containerPort: 10250, protocol: 'TCP' },
    { name: 'push', containerPort: 18443, protocol: 'TCP' },
    { name: 'admin', containerPort: 18080, protocol: 'TCP' },
  ])
  const settings = settingsOf(objects)
  assert.equal(settings['LLM_FALLBACK_WEBHOOK_LISTEN'], '0.0.0.0:10250')
  assert.equal(settings['LLM_FALLBACK_PUSH_LISTEN'], '0.0.0.0:18443')
  assert.equal(settings['LLM_FALLBACK_ADMIN_LISTEN'], '0.0.0.0:18080')
})

test('a frozen operator is replaced within half a minute', async () => {
  const probe = at(podOf(await render()), 'containers.0.livenessProbe')
  const seconds = (name: string) => Number(at(probe, name))
  // A freeze right after a good probe: all probes of the threshold, the last one until its timeout, then the grace.
  const untilGone =
    seconds('periodSeconds') * seconds('failureThreshold') +
    seconds('timeoutSeconds') +
    seconds('terminationGracePeriodSeconds')
  assert.ok(untilGone <= 30, `${untilGone} s`)
})

test('a rolling update takes no replica away, but on the network of nodes, whose ports serve one pod each', async () => {
  const strategyWith = async (values: object) =>
    at(find(await render({ values }), 'Deployment'), 'spec.strategy.rollingUpdate')
  assert.deepEqual(await strategyWith({}), { maxUnavailable: 0, maxSurge: 1 })
  assert.deepEqual(await strategyWith({ hostNetwork: true }), { maxUnavailable: 1, maxSurge: 0 })
})

test('labels and annotations for everything are on everything, and never take the place of our own', async () => {
  const values = {
    commonLabels: { team: 'platform', 'app.kubernetes.io/name': 'other' },
    commonAnnotations: { contact: 'platform@example.test' },
    credentialNamespaces: ['llm-keys'],
    networkPolicy: { enabled: true },
    monitoring: { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } },
  }
  const objects = await render({
    values,
    profile: 'values-ha.yaml',
    apiVersions: monitoring,
    tests: 'shown',
  })
  for (const object of [...objects, at(find(objects, 'Deployment'), 'spec.template')]) {
    const metadata = at(object, 'metadata')
    assert.equal(at(metadata, 'labels.team'), 'platform', JSON.stringify(metadata))
    assert.equal(at(metadata, 'annotations.contact'), 'platform@example.test', JSON.stringify(metadata))
    assert.deepEqual(
      Object.entries(Object(at(metadata, 'labels'))).filter(([key]) => key.endsWith('/name')),
      [['app.kubernetes.io/name', 'llm-fallback']],
    )
  }
})

test('monitors wait for their value and for a cluster that knows them', async () => {
  const values = { monitoring: { serviceMonitor: { enabled: true }, podMonitor: { enabled: true } } }
  const monitors = async (rendering: Rendering) =>
    (await render(rendering)).map(titleOf).filter(title => title.includes('Monitor'))
  assert.deepEqual(await monitors({ values }), [])
  assert.deepEqual(await monitors({ apiVersions: monitoring }), [])
  assert.deepEqual(await monitors({ values, apiVersions: monitoring }), [
    'PodMonitor llm-fallback-system/llm-fallback-sidecars',
    'ServiceMonitor llm-fallback-system/llm-fallback',
  ])
})

test('one replica has no disruption budget, which would keep its node from being drained', async () => {
  for (const rendering of [{ values: { replicas: 1 } }, { profile: 'values-dev.yaml' }] as const) {
    const objects = await render(rendering)
    assert.ok(!objects.some(({ kind }) => kind === 'PodDisruptionBudget'))
  }
})

test('many replicas stand on nodes of their own', async () => {
  const pod = podOf(await render({ profile: 'values-ha.yaml' }))
  assert.equal(at(pod, 'topologySpreadConstraints.0.whenUnsatisfiable'), 'DoNotSchedule')
  assert.deepEqual(at(pod, 'topologySpreadConstraints.0.matchLabelKeys'), ['pod-template-hash'])
  assert.equal(at(pod, 'priorityClassName'), 'llm-fallback')
})

test('the definitions stay when their chart goes, unless somebody says otherwise', async () => {
  const annotationsWith = async (values: object) => {
    const objects = await render({ chart: crdsChart, values })
    assert.equal(objects.length, 4)
    return objects.map(object => at(object, 'metadata.annotations'))
  }
  for (const annotations of await annotationsWith({})) {
    assert.deepEqual(annotations, { 'helm.sh/resource-policy': 'keep' })
  }
  for (const annotations of await annotationsWith({ keep: false })) assert.equal(annotations, undefined)
})
