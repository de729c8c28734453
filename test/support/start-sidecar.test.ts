import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSidecar } from './start-sidecar.ts'

/** A program that behaves like a sidecar as far as starting and stopping go. */
const standIn = `
import { createServer } from 'node:http'
let asked = 0
const server = createServer((request, response) => {
  asked += 1
  response.writeHead(request.url === '/readyz' && asked > 2 ? 200 : 503).end(process.env.LLM_FALLBACK_POLICY_DIR)
})
server.listen(0, '127.0.0.1', () => {
  const address = '127.0.0.1:' + server.address().port
  console.log('not JSON')
  console.log(JSON.stringify({ msg: 'listening', data: address, admin: address }))
})
process.on('SIGTERM', () => process.exit(0))
`

async function withProgram(text: string, use: (entry: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'llm-fallback-stand-in-'))
  const entry = join(folder, 'main.mjs')
  await writeFile(entry, text)
  await use(entry).finally(() => rm(folder, { recursive: true }))
}

test('waits until the program is ready, hands it its settings and stops it', () =>
  withProgram(standIn, async entry => {
    const sidecar = await startSidecar({ policyDir: '/the/folder', entry })
    const answer = await fetch(`${sidecar.adminUrl}/readyz`)
    assert.equal(await answer.text(), '/the/folder')
    assert.deepEqual(await sidecar.stop(), { code: 0, signal: null })
  }))

test('tells what the program said when it ends instead of starting', () =>
  withProgram(`console.error('a wrong setting'); process.exit(2)`, async entry => {
    await assert.rejects(startSidecar({ policyDir: '/the/folder', entry }), /a wrong setting/)
  }))

test('kills a program that does not stop in time', () =>
  withProgram(standIn.replace('process.exit(0)', 'undefined'), async entry => {
    const sidecar = await startSidecar({ policyDir: '/the/folder', entry })
    assert.equal((await sidecar.stop(100)).signal, 'SIGKILL')
  }))
