// The story, scene by scene. A scene acts, says what happens and throws when it happens otherwise: the demo prints it, a test plays it.
import assert from 'node:assert/strict'
import OpenAI from 'openai'
import { askChat } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { readVerdict } from '../support/served-header.ts'
import { recordOf } from '../support/simulated-vendors/json.ts'
import { startLoad } from './load.ts'
import { houseRules, namespace, writeKeys, writePolicy, writeProviders } from './manifests.ts'
import type { Stage } from './stage.ts'

export interface Scene {
  /** What happens, in a sentence. */
  readonly title: string
  play(stage: Stage): Promise<void>
}

/** How long a change may take until all three sidecars run it. */
const liveWithinMs = 5_000
/** A new leader first waits for the lease of the dead one to run out. */
const leaderWithinMs = 40_000
/** A rotated key is used for the first time within this. */
const rotatedWithinMs = 5_000

export const scenes: readonly Scene[] = [
  { title: 'applying a policy makes it live in every pod', play: applyPolicy },
  { title: 'an SDK call whose vendor fails is answered all the same', play: rescueCall },
  { title: 'an edit is live in every pod without a restart', play: editPolicy },
  { title: 'a rotated Secret reaches the next calls and none fails', play: rotateSecret },
  { title: 'a bad edit is refused in words that help, and the good policy works on', play: refuseEdits },
  { title: 'with every operator killed and the API server gone the calls go on', play: takeControlAway },
  { title: 'operators that come back take up where the others ended', play: bringOperatorsBack },
]

async function applyPolicy(stage: Stage): Promise<void> {
  await stage.write('keys.yaml', writeKeys(stage.firstKeys))
  const endpoints = { openai: stage.openai.baseUrl, anthropic: stage.anthropic.baseUrl }
  await stage.write('providers.yaml', writeProviders(endpoints))
  await stage.write('policy.yaml', writePolicy({ first: 'openai' }))
  await succeed(stage, 'apply -f keys.yaml -f providers.yaml')
  await applyAndAwait(stage, 'assistant@1')
}

async function rescueCall(stage: Stage): Promise<void> {
  await stage.openai.breakWith('server-error')
  stage.teller.say(
    'The simulated OpenAI now answers every request with a 500. Each pod asks it through the openai SDK:',
  )
  for (const { url, pod } of stage.sidecars) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'anything', maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Can you hear me?' }]
    const call = client.chat.completions.create({ model: 'gpt-4o', messages })
    const { data, response } = await call.withResponse()
    const { served, reason } = readVerdict(response.headers)
    const text = data.choices[0]?.message.content ?? ''
    stage.teller.showOutput(`${pod.name}: "${text}" (served by ${served?.provider}, because of ${reason})`)
    assert.equal(served?.step, 'rescue')
    assert.match(text, /simulated Anthropic/)
  }
  await stage.openai.heal()
}

async function editPolicy(stage: Stage): Promise<void> {
  const before = stage.sidecars.map(({ pid }) => pid)
  await stage.write('policy.yaml', writePolicy({ first: 'anthropic' }))
  await applyAndAwait(stage, 'assistant@2')
  for (const { url } of stage.sidecars) {
    const { verdict } = await askChat(url, { model: 'gpt-4o' })
    assert.equal(verdict.served?.provider, 'anthropic')
  }
  assert.deepEqual(
    before,
    stage.sidecars.map(({ pid }) => pid),
  )
}

async function rotateSecret(stage: Stage): Promise<void> {
  const fresh = { openai: 'second-key-of-openai', anthropic: 'second-key-of-anthropic' }
  stage.anthropic.acceptKeys([stage.firstKeys.anthropic, fresh.anthropic])
  stage.openai.acceptKeys([stage.firstKeys.openai, fresh.openai])
  const load = startLoad(stage.sidecars.map(({ url }) => url))
  await stage.write('keys.yaml', writeKeys(fresh))
  await succeed(stage, 'apply -f keys.yaml')
  const appliedAt = performance.now()
  const lastKeys = () =>
    stage.anthropic.asked.slice(-stage.sidecars.length).map(({ headers }) => headers['x-api-key'])
  const areFresh = () => lastKeys().every(key => key === fresh.anthropic) || undefined
  await eventually('every sidecar sends the new key', areFresh, rotatedWithinMs)
  const tookMs = Math.round(performance.now() - appliedAt)
  await load.go(50)
  stage.anthropic.acceptKeys([fresh.anthropic])
  stage.openai.acceptKeys([fresh.openai])
  await stage.sidecars.reduce(async (earlier, { url }) => {
    await earlier
    assert.equal((await askChat(url, { model: 'gpt-4o' })).verdict.hop, 0)
  }, Promise.resolve())
  const { asked, problems } = await load.stop()
  stage.teller.say(
    `All pods send the new key ${tookMs} ms later; of ${asked} calls meanwhile ${problems.length} failed. The old key is withdrawn.`,
  )
  assert.deepEqual(problems, [])
}

async function refuseEdits(stage: Stage): Promise<void> {
  await stage.write('house-rules.yaml', houseRules)
  await succeed(stage, 'apply -f house-rules.yaml')
  await stage.write('typo.yaml', writePolicy({ first: 'openai', when: 'RateLimted' }))
  await refuse(stage, 'apply -f typo.yaml', /spec\.routes\[0\]\.chain\[1\]\.when.*RateLimited/s)
  await stage.write('too-slow.yaml', writePolicy({ first: 'openai', deadline: '90s' }))
  await refuse(stage, 'apply -f too-slow.yaml', /spec\.routes\[0\]\.limits\.deadline.*house-rules/s)
  await expectPolicy(stage, 'assistant@2')
}

async function takeControlAway(stage: Stage): Promise<void> {
  const load = startLoad(stage.sidecars.map(({ url }) => url))
  for (const operator of stage.service.operators()) {
    stage.teller.showCommand(`kill -9 ${operator.pid}   # an operator`)
    await stage.service.killOperator(operator)
  }
  await stage.cluster.stopApiServer()
  await load.go(50)
  await stage.anthropic.breakWith('overloaded-529')
  await expectServed(stage, 'rescue')
  await stage.anthropic.heal()
  const { asked, problems, policies } = await load.stop()
  stage.teller.say(
    `Neither runs any more; ${asked} calls were answered by ${policies.join(', ')}, ${problems.length} failed.`,
  )
  assert.deepEqual({ problems, policies }, { problems: [], policies: ['assistant@2'] })
}

async function bringOperatorsBack(stage: Stage): Promise<void> {
  await stage.cluster.startApiServer()
  await stage.service.addOperator()
  await stage.service.addOperator()
  stage.teller.say('The API server is back and two new operators are ready.')
  await stage.write('policy.yaml', writePolicy({ first: 'openai', deadline: '50s' }))
  // Sidecars that found nobody come back within ten seconds, each at a moment of its own.
  await applyAndAwait(stage, 'assistant@3', { policyMs: 30_000, statusMs: leaderWithinMs })
  await succeed(stage, `get llmp -n ${namespace}`)
}

/** Applies `policy.yaml` and waits until every pod runs it and the status says so. */
async function applyAndAwait(
  stage: Stage,
  version: string,
  within = { policyMs: liveWithinMs, statusMs: liveWithinMs },
): Promise<void> {
  const appliedAt = performance.now()
  await succeed(stage, 'apply -f policy.yaml')
  await expectPolicy(stage, version, within.policyMs)
  const tookMs = Math.round(performance.now() - appliedAt)
  stage.teller.say(
    `Live in ${stage.sidecars.length} of ${stage.sidecars.length} pods ${tookMs} ms after the command was typed.`,
  )
  const count = `${stage.sidecars.length}/${stage.sidecars.length}`
  await eventually(
    `the status says ${count} of ${version}`,
    async () => {
      const path = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}/fallbackpolicies/assistant`
      const { body } = await stage.cluster.adminRequest('GET', path)
      const { live, observedGeneration } = recordOf(body['status'])
      return live === count && version.endsWith(`@${observedGeneration}`) ? true : undefined
    },
    within.statusMs,
  )
  await succeed(stage, `get fbp -n ${namespace}`)
}

/** Every sidecar answers by this policy. */
async function expectPolicy({ sidecars }: Stage, version: string, withinMs = liveWithinMs): Promise<void> {
  for (const { url, pod } of sidecars) {
    const look = async () => {
      const { verdict } = await askChat(url, { model: 'gpt-4o' })
      return verdict.policy === version || undefined
    }
    await eventually(`${pod.name} runs ${version}`, look, withinMs)
  }
}

async function expectServed({ sidecars }: Stage, step: string): Promise<void> {
  for (const { url } of sidecars) {
    const { verdict } = await askChat(url, { model: 'gpt-4o' })
    assert.equal(verdict.served?.step, step)
  }
}

async function succeed(stage: Stage, line: string): Promise<void> {
  const { code, stderr } = await stage.kubectl(line)
  assert.equal(code, 0, stderr)
}

async function refuse(stage: Stage, line: string, words: RegExp): Promise<void> {
  const { code, stderr } = await stage.kubectl(line)
  assert.notEqual(code, 0)
  assert.match(stderr, words)
}
