import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { askChat, chatText } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'
import { createMountedFolder, createPolicyFolder } from '../support/policy-folder.ts'
import {
  fallbackPolicy,
  openAiProvider,
  policyFile,
  providerKeys,
  route,
  targetStep,
} from '../support/policy-objects.ts'
import { startScriptedProvider, stream } from '../support/scripted-provider.ts'
import { type Sidecar, startSidecar } from '../support/start-sidecar.ts'
import { openStage, plain, type Stage, twoSteps } from './stage.ts'
import { chat, eventStreamHeaders, wholeStream } from './wire.ts'

const refusedText =
  'apiVersion: llmfallback.io/v1alpha1\nkind: FallbackPolicy\nmetadata: {name: x}\nspec: {routs: []}\n'

function readyText(sidecar: Sidecar): Promise<{ status: number; text: string }> {
  return fetch(`${sidecar.adminUrl}/readyz`).then(async answer => ({
    status: answer.status,
    text: await answer.text(),
  }))
}

describe('a policy folder that is edited', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage({ routes: [twoSteps('old')] })
  })
  after(() => stage.close())

  test('a good edit is live without a restart', async () => {
    const before = (await askOld(stage)).verdict.policy
    await stage.writePolicy([twoSteps('old'), twoSteps('new')])
    stage.first.script(chat('new'))
    assert.equal((await stage.ask({ model: 'new' })).verdict.route, 'new')
    const after = (await askOld(stage)).verdict.policy
    assert.notEqual(after, before)
  })

  test('a bad edit is refused as a whole with the reason, and the old policy works on', async () => {
    await stage.folder.write('another.yaml', refusedText)
    const { text } = await eventually('the refusal shows in /readyz', async () => {
      const ready = await readyText(stage.sidecar)
      return ready.text.includes('spec.routs') ? ready : undefined
    })
    assert.match(text, /did you mean "routes"/)
    assert.equal((await readyText(stage.sidecar)).status, 200)
    assert.equal(chatText(await askOld(stage)), 'served')
    const metrics = await fetch(`${stage.sidecar.adminUrl}/metrics`).then(answer => answer.text())
    assert.match(metrics, /llm_fallback_config_last_reload_successful 0/)
    assert.ok(stage.sidecar.stdout().includes('spec.routs'), 'the log names the path')
  })

  test('mending the edit clears the refusal', async () => {
    await stage.folder.remove('another.yaml')
    await eventually('the refusal is gone', async () => {
      const { text } = await readyText(stage.sidecar)
      return text.includes('spec.routs') ? undefined : true
    })
  })

  test('a stream that runs finishes on the policy that it began with', async () => {
    const gate = Promise.withResolvers<void>()
    const [opening = '', first = '', ...rest] = wholeStream('one ', 'two')
    stage.first.script(
      stream([opening, first, { waitFor: gate.promise }, ...rest], { headers: eventStreamHeaders }),
    )
    const running = stage.ask({ model: 'old', stream: true })
    await eventually('the stream runs', () =>
      stage.first.requests.at(-1)?.body.includes('stream') ? true : undefined,
    )
    await stage.writePolicy([twoSteps('newest')])
    gate.resolve()
    assert.equal(chatText(await running), 'one two')
    assert.equal((await stage.ask({ model: 'old' })).status, 404)
  })
})

async function askOld(stage: Stage) {
  stage.first.script(chat('served'))
  return stage.ask({ model: 'old' })
}

test('nothing good at the start: up, not ready, and ready once the folder is mended', async () => {
  const provider = await startScriptedProvider()
  const folder = await createPolicyFolder({ 'policy.yaml': refusedText })
  const sidecar = await startSidecar({
    policyDir: folder.path,
    environment: providerKeys,
    waitFor: 'listening',
  })
  try {
    assert.equal((await readyText(sidecar)).status, 503)
    assert.equal((await fetch(`${sidecar.adminUrl}/livez`)).status, 200)
    assert.equal((await askChat(sidecar.url)).status, 503)
    await folder.write('policy.yaml', onePolicy('mended', provider.url))
    await eventually('the sidecar is ready', async () =>
      (await readyText(sidecar)).status === 200 ? true : undefined,
    )
    provider.script(chat('mended'))
    assert.equal(chatText(await askChat(sidecar.url)), 'mended')
  } finally {
    await sidecar.stop()
    await Promise.all([provider.close(), folder.dispose()])
  }
})

test('a folder that Kubernetes mounts is followed through its ..data link', async () => {
  const provider = await startScriptedProvider()
  const folder = await createMountedFolder({ 'policy.yaml': onePolicy('monday', provider.url) })
  const sidecar = await startSidecar({ policyDir: folder.path, environment: providerKeys })
  try {
    for (const name of ['tuesday', 'wednesday']) {
      await folder.swap({ 'policy.yaml': onePolicy(name, provider.url) })
      await eventually(`${name} is live`, async () => {
        provider.script(chat('x'))
        const { verdict } = await askChat(sidecar.url)
        return verdict.policy?.startsWith(`${name}@`) ? true : undefined
      })
    }
  } finally {
    await sidecar.stop()
    await Promise.all([provider.close(), folder.dispose()])
  }
})

function onePolicy(name: string, providerUrl: string): string {
  const chain = [targetStep('primary', { provider: 'first', model: 'm' }, plain)]
  return policyFile([
    openAiProvider('first', `${providerUrl}/v1`),
    fallbackPolicy(name, [route('all', chain)]),
  ])
}
