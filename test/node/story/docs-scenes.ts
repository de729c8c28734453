// docs/install.md, docs/operate.md and docs/security.md, typed on a real node as they are printed: day one, and the last day.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readPage } from '../../architecture/read-pages.ts'
import { repositoryRoot } from '../../support/child-process.ts'
import { listCommands } from '../pages/read-steps.ts'
import { deploymentOf, namespaceOf, vendorNamespace, vendorObjects, vendorUrls } from '../workloads.ts'
import { awaitWebhooks, expectUntouched } from './install-scenes.ts'
import { isServedFor } from './live-scenes.ts'
import { shop, system, teamLabel } from './manifests.ts'
import { type Stage, timeout } from './stage.ts'

const install = 'docs/install.md'

export const followedPages: readonly string[] = [install, 'docs/operate.md', 'docs/security.md']

const isPart = 'names a command, whose object the reader knows'
const afterFailure = 'for a test that failed, which leaves its pod'

/** What the pages name and nobody types here, and why. */
export const notTyped: Readonly<Record<string, string>> = {
  'kubectl get pod ask -n llm-fallback-test -o yaml': afterFailure,
  'kubectl logs ask -n llm-fallback-test': afterFailure,
  'helm test': isPart,
  'kubectl rollout restart': isPart,
  'kubectl delete pod': isPart,
  'kubectl describe': isPart,
  'kubectl port-forward': isPart,
  'kubectl logs … -c llm-fallback': isPart,
  'npm run images': 'the images of this node are built by the same code without it, see test/images',
  'ctr -n k8s.io images import': isPart,
  'npm run bench:fleet': 'a measurement of an hour, with programs of its own',
}

/** Comments of the page name its files. */
function fileOf(page: string, name: string): string {
  const { blocks } = readPage(page)
  const found = blocks.find(({ text }) => text.startsWith(`# ${name}\n`))
  assert.ok(found, `${page} has no file ${name}`)
  return found.text
}

/** Apps that were there before. */
const team: readonly object[] = [
  deploymentOf({ namespace: shop, name: 'assistant', labels: teamLabel, replicas: 2 }),
  deploymentOf({ namespace: shop, name: 'claude', labels: teamLabel, environment: { ASK: 'anthropic' } }),
]

/** Definitions and keys, then the operator as OpenShift gets it, which other clusters take as well. */
export async function prepare({ node, apply, pages, terminal }: Stage): Promise<void> {
  await apply(...vendorObjects(), namespaceOf(shop))
  await apply(...team)
  await node.mustKubectl({}, 'rollout', 'status', '-n', vendorNamespace, 'deployment/providers', timeout)
  await pages.follow(install, '1. The resource definitions', '2. The keys')
  await terminal.write('values.yaml', fileOf(install, 'values.yaml'))
  await pages.follow(install, 'OpenShift')
  await node.mustHelm('uninstall', 'llm-fallback', '-n', system, '--wait', timeout)
}

export async function protectByPage(stage: Stage): Promise<void> {
  const { node, pages, terminal, nextCall, followDeployment } = stage
  await pages.follow(install, '3. The operator')
  await terminal.write('policy.yaml', fileOf(install, 'policy.yaml'))
  await pages.follow(install, '4. Providers and a chain')
  for (const [name, endpoint] of Object.entries(vendorUrls)) {
    const patch = JSON.stringify({ spec: { endpoint } })
    await node.mustKubectl({}, 'patch', 'cllmp', name, '--type=merge', '-p', patch)
  }
  await pages.follow(install, '5. The namespace', '6. The workload', 'Workloads that run already')
  await pages.say('kubectl describe fbp assistant -n shop')
  await followDeployment(shop, 'assistant')
  await nextCall('a call by the policy of the page', isServedFor('assistant'))
}

export async function uninstallByPage(stage: Stage): Promise<void> {
  const { node, pages } = stage
  await pages.follow(install, 'Uninstall')
  await node.mustKubectl({}, 'delete', 'namespace', shop, vendorNamespace, timeout)
  await expectUntouched(stage)
}

/** With the Role that the page describes: the chart's file, with the names of the keys. */
export async function installWithoutHelm(stage: Stage): Promise<void> {
  const { node, apply, pages, terminal } = stage
  const role = await readFile(
    join(repositoryRoot, 'charts/llm-fallback/roles/credential-namespace.yaml'),
    'utf8',
  )
  await terminal.write('role.yaml', role.replace('[llm-fallback-keys]', '[openai, anthropic]'))
  await apply(namespaceOf(shop))
  await pages.follow(install, 'Without Helm')
  await node.mustKubectl({}, 'rollout', 'status', '-n', system, 'deployment/llm-fallback', timeout)
  await awaitWebhooks(node)
  await pages.say('kubectl delete -f dist/install.yaml')
  await node.mustKubectl({}, 'delete', 'namespace', shop, timeout)
  await expectUntouched(stage)
}

/** What is listed as not typed is not typed either: a list that is too long hides what it excuses. */
export async function findNothingUntyped({ pages }: Stage): Promise<void> {
  const commands = followedPages.flatMap(path => listCommands(readPage(path)))
  assert.deepEqual(
    commands.filter(command => pages.typed.has(command) === (notTyped[command] !== undefined)),
    [],
  )
}
