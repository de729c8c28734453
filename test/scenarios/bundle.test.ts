// The production bundle is the same sidecar: it starts, answers, and its launcher sets the engine's options.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'
import { createPolicyFolder } from '../support/policy-folder.ts'
import { startSidecar } from '../support/start-sidecar.ts'

const policy = `
apiVersion: llmfallback.io/v1alpha1
kind: FallbackPolicy
metadata: {name: bundled}
spec: {routes: [{name: all, chain: [{name: floor, manual: {text: "from the bundle"}}]}]}
`

test('npm run build makes a bundle that starts, answers and drains', async context => {
  const built = spawnSync(process.execPath, ['build/bundle.ts'], { cwd: repositoryRoot, encoding: 'utf8' })
  assert.equal(built.status, 0, built.stderr)
  const folder = await createPolicyFolder({ 'policy.yaml': policy })
  context.after(() => folder.dispose())
  const sidecar = await startSidecar({ policyDir: folder.path, entry: 'dist/sidecar.js' })
  context.after(() => sidecar.stop())
  const answer = await fetch(`${sidecar.url}/v1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'anthropic-version': '2023-06-01' },
    body: JSON.stringify({ model: 'm', max_tokens: 9, messages: [{ role: 'user', content: 'hi' }] }),
  })
  assert.match(await answer.text(), /from the bundle/)
  assert.match(readFileSync(`/proc/${sidecar.pid}/cmdline`, 'utf8'), /--heap-growing-percent/)
  assert.equal((await sidecar.stop()).code, 0)
})
