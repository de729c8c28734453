import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, readdir, readFile, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { eventually } from '../support/eventually.ts'
import { type RealNode, startRealNode } from '../support/node/start-real-node.ts'
import { parseRecord, recordOf } from '../support/simulated-vendors/json.ts'
import { ports } from './providers/ports.ts'
import { testImages, writeTestImages } from './test-images.ts'
import { watchCalls } from './watch-calls.ts'
import { containerOf, deploymentOf, listOf, podTemplateOf, vendorObjects, vendorUrls } from './workloads.ts'

const withinMs = 120_000
const timeout = `--timeout=${withinMs / 1000}s`

let node: RealNode
before(async () => {
  node = await startRealNode()
  for (const file of await writeTestImages(join(node.folder, 'images'))) await node.importImage(file)
})
after(() => node?.stop())

/** An app that knows its vendor, as without any sidecar. */
const direct = { OPENAI_BASE_URL: vendorUrls.openai, OPENAI_API_KEY: 'first-key-of-openai' }

test('the node is ready and says which Kubernetes it is', async () => {
  const status = await node.mustKubectl({}, 'get', 'nodes', '--no-headers')
  assert.match(status, /^node-1 +Ready .* v1\.36\.\d+\n$/)
})

test('a pod reaches a workload by the name of its Service', async () => {
  const app = deploymentOf({ namespace: 'default', name: 'direct', environment: direct })
  await node.mustKubectl({ input: listOf(...vendorObjects(), app) }, 'apply', '-f', '-')
  await node.mustKubectl({}, 'rollout', 'status', 'deployment/providers', '-n', 'vendors', timeout)
  await node.mustKubectl({}, 'rollout', 'status', 'deployment/direct', timeout)
  const look = async () => {
    const log = await node.mustKubectl({}, 'logs', 'deployment/direct')
    return log.includes('"kind":"served"') || undefined
  }
  await eventually('a call is served', look, withinMs)
})

test('commands run in pods, and ports of pods are reached from outside', async () => {
  const command = ['exec', 'deployment/direct', '--', '/usr/local/bin/node', '-p', 'process.version']
  assert.equal(await node.mustKubectl({}, ...command), `${process.version}\n`)
  const forward = spawn(
    node.programs.kubectl,
    ['port-forward', '-n', 'vendors', 'deployment/providers', `:${ports.control}`],
    { env: { KUBECONFIG: node.kubeconfig, HOME: node.folder }, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  try {
    const [line] = await once(createInterface({ input: forward.stdout }), 'line')
    const port = /127\.0\.0\.1:(\d+)/.exec(String(line))?.[1]
    const answer = await fetch(`http://127.0.0.1:${port}/openai/asked`)
    assert.equal(answer.status, 200)
  } finally {
    forward.kill()
  }
})

test('a pod that is deleted ends its app first and its native sidecar after that', async () => {
  const environment = {
    ASK: 'openai-stream',
    OPENAI_BASE_URL: `http://127.0.0.1:${ports.openai}/v1`,
    OPENAI_API_KEY: 'first-key-of-openai',
  }
  const sidecar = {
    ...containerOf({ name: 'vendors', image: testImages.providers }),
    restartPolicy: 'Always',
    startupProbe: { httpGet: { path: '/openai/asked', port: ports.control }, periodSeconds: 1 },
  }
  const template = podTemplateOf({
    ...{ namespace: 'default', name: 'paired', environment },
    podSpec: { initContainers: [sidecar] },
  })
  const pod = { apiVersion: 'v1', kind: 'Pod', ...template, metadata: { name: 'paired' } }
  await node.mustKubectl({ input: JSON.stringify(pod) }, 'apply', '-f', '-')
  await node.mustKubectl({}, 'wait', '--for=condition=Ready', 'pod/paired', timeout)
  const watch = watchCalls(node)
  watch.follow({ namespace: 'default', name: 'paired' })
  await eventually('a stream is on its way', () => watch.calls().at(-1), withinMs)
  await node.mustKubectl({}, 'delete', 'pod', 'paired', timeout)
  watch.stop()
  // The last stream came to its end although its vendor was in the pod.
  assert.ok(watch.calls().length > 0)
  assert.deepEqual(
    watch.calls().filter(({ outcome }) => outcome !== 'served'),
    [],
  )
})

test('one that is killed with its tester leaves nothing behind, and another beside it works on', async () => {
  const script = `
    import { startRealNode } from './test/support/node/start-real-node.ts'
    const { folder, controlGroups } = await startRealNode()
    console.log(JSON.stringify({ folder, controlGroups }))
    setInterval(() => undefined, 1000)`
  const tester = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = await once(createInterface({ input: tester.stdout }), 'line')
  const { folder, controlGroups } = recordOf(parseRecord(String(line)))
  assert.ok(Array.isArray(controlGroups) && controlGroups.length > 0)
  tester.kill('SIGKILL')
  const isGone = async () => (await listTraces([String(folder), ...controlGroups.map(String)])).length === 0
  await eventually('nothing is left', async () => (await isGone()) || undefined, 20_000)
  assert.match(await node.mustKubectl({}, 'get', 'nodes'), / Ready /)
})

test('stopped, it leaves no process, mount, cgroup, namespace or file behind', async () => {
  const { stdout } = await node.inside('readlink', '/proc/self/ns/net')
  assert.match(stdout, /^net:\[\d+\]\n$/)
  const places = [node.folder, ...node.controlGroups]
  assert.notDeepEqual(await listTraces(places), [])
  await node.stop()
  assert.deepEqual(await listTraces(places), [])
  const namespaces = await Promise.all((await listProcesses()).map(pid => readLinkOf(`/proc/${pid}/ns/net`)))
  assert.ok(!namespaces.includes(stdout.trim()))
})

/** Files that exist, and processes and mounts that know of them. */
async function listTraces(places: readonly string[]): Promise<readonly string[]> {
  const [folder = ''] = places
  const exists = (path: string) =>
    access(path).then(
      () => true,
      () => false,
    )
  const files = await Promise.all(places.map(async place => ((await exists(place)) ? [place] : [])))
  const processes = await Promise.all(
    (await listProcesses()).map(async pid => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
      // The guard is the one that cleans up.
      return command.includes(folder) && !command.includes('guard') ? [command] : []
    }),
  )
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8'))
    .split('\n')
    .filter(mount => mount.includes(folder))
  return [...files, ...processes, mounts].flat()
}

async function listProcesses(): Promise<readonly string[]> {
  return (await readdir('/proc')).filter(name => /^\d+$/.test(name))
}

function readLinkOf(path: string): Promise<string> {
  return readlink(path).catch(() => '')
}
