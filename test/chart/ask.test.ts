// The program of `helm test`, beside a real sidecar with the policy of `helm test`.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { stringify } from 'yaml'
import { createPolicyFolder, type PolicyFolder } from '../support/policy-folder.ts'
import { type Sidecar, startSidecar } from '../support/start-sidecar.ts'
import { chart, find, render } from './sample-charts.ts'

const run = promisify(execFile)
let folder: PolicyFolder
let sidecar: Sidecar

before(async () => {
  const policy = find(await render({ tests: 'shown' }), 'FallbackPolicy', 'ask')
  folder = await createPolicyFolder({ 'policy.yaml': stringify(policy) })
  sidecar = await startSidecar({ policyDir: folder.path })
})
after(async () => {
  await sidecar?.stop()
  await folder?.dispose()
})

function ask(base: string, seconds: number): Promise<{ stdout: string }> {
  return run(process.execPath, [join(chart, 'files/ask.mjs'), String(seconds)], {
    env: { OPENAI_BASE_URL: base },
  })
}

test('it is content with an answer of the chain, and says which step served', async () => {
  const { stdout } = await ask(`${sidecar.url}/v1`, 30)
  assert.match(stdout, /^The sidecar answered: apology.*, policy ask@/)
})

test('it fails, and says why, when what answers is no sidecar', async () => {
  const other = createServer((_request, response) => {
    const message = { content: 'Answered by the chain of helm test.' }
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices: [{ message }] }))
  })
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const asked = ask(`http://127.0.0.1:${port}/v1`, 0)
  await assert.rejects(asked, { code: 1, stderr: /an answer without the header x-llm-fallback-served/ })
  other.close()
})

test('it fails, and says why, when nobody answers', async () => {
  await assert.rejects(ask('http://127.0.0.1:9/v1', 0), { code: 1, stderr: /the last one: fetch failed/ })
})
