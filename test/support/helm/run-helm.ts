// Helm as a person would call it, with nothing of the tester's own settings.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { findHelm, type Helm } from './find-helm.ts'

const withinMs = 5 * 60_000

export interface HelmResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface HelmCall {
  /** Path of a kubeconfig; absent: no cluster at all. */
  readonly kubeconfig?: string
  /** Standard input, for `-f -`. */
  readonly input?: string
}

export interface HelmProgram extends Helm {
  /** Ends whatever the exit code; only a Helm that cannot be started rejects. `call` first because parameters have no end. */
  run(call: HelmCall, ...parameters: readonly string[]): Promise<HelmResult>
  /** Its standard output. @throws Error with what it said when it ends with another code than 0. */
  expect(call: HelmCall, ...parameters: readonly string[]): Promise<string>
  /** Folder of its caches, which goes away with this process, for whatever a test needs. */
  readonly home: string
}

export async function openHelm(): Promise<HelmProgram> {
  const tell = (sentence: string) => void process.stderr.write(`${sentence}\n`)
  const helm = await findHelm({ environment: process.env, tell })
  const home = mkdtempSync(join(tmpdir(), 'llm-fallback-helm-'))
  process.once('exit', () => rmSync(home, { recursive: true, force: true }))
  const run: HelmProgram['run'] = (call, ...parameters) =>
    runHelm({ path: helm.path, home }, call, parameters)
  return {
    ...helm,
    home,
    run,
    async expect(call, ...parameters) {
      const { code, stdout, stderr } = await run(call, ...parameters)
      if (code !== 0) throw new Error(`helm ${parameters.join(' ')} ended with ${code}: ${stderr}${stdout}`)
      return stdout
    },
  }
}

async function runHelm(
  { path, home }: { readonly path: string; readonly home: string },
  { kubeconfig, input = '' }: HelmCall,
  parameters: readonly string[],
): Promise<HelmResult> {
  const child = spawn(path, parameters, {
    cwd: home,
    // A kubeconfig that is not there: a template that asks a cluster must not find the tester's own.
    env: { HOME: home, KUBECONFIG: kubeconfig ?? join(home, 'none'), PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: withinMs,
    killSignal: 'SIGKILL',
  })
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  child.stdin.on('error', () => undefined)
  child.stdin.end(input)
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
