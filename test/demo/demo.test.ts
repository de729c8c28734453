import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { repositoryRoot } from '../support/child-process.ts'

/** Runs the demo and hands it a signal once it has printed `cue`. */
async function runDemo(
  parameters: readonly string[],
  interrupt?: { readonly cue: string; readonly signal: NodeJS.Signals },
): Promise<{ code: number | null; output: string }> {
  const demo = spawn(process.execPath, ['test/demo/main.ts', ...parameters], {
    cwd: repositoryRoot,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let seen = ''
  demo.stdout.on('data', (piece: Buffer) => {
    seen += piece.toString('utf8')
    if (interrupt && seen.includes(interrupt.cue)) demo.kill(interrupt.signal)
  })
  const ended = new Promise<number | null>(resolve => demo.once('close', resolve))
  const output = await text(demo.stdout)
  return { code: await ended, output }
}

function sidecarProcessIn(output: string): number {
  const match = /process (\d+);/.exec(output)
  assert.ok(match, output)
  return Number(match[1])
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('the script breaks the primary in every way and each request goes as the policy says', async () => {
  const { code, output } = await runDemo(['--script'])
  assert.equal(code, 0, output)
  assert.match(output, /Every request went the way the policy says/)
  assert.doesNotMatch(output, /✗/)
  assert.equal(isRunning(sidecarProcessIn(output)), false)
})

test('an interrupt ends everything that the demo started', async () => {
  const { code, output } = await runDemo([], { cue: 'nothing: all is well', signal: 'SIGINT' })
  assert.equal(code, 0, output)
  assert.equal(isRunning(sidecarProcessIn(output)), false)
})
