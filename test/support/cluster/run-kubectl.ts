// kubectl as a person would call it, with nothing of the tester's own settings.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

const withinMs = 60_000

export interface KubectlResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface KubectlCall {
  readonly program: string
  readonly parameters: readonly string[]
  readonly kubeconfig: string
  /** Working folder, also for its caches. */
  readonly home: string
  /** Standard input, for `-f -`. */
  readonly input?: string
}

/** Ends whatever the exit code; only a kubectl that cannot be started rejects. */
export async function runKubectl(call: KubectlCall): Promise<KubectlResult> {
  const child = spawn(call.program, call.parameters, {
    cwd: call.home,
    env: { HOME: call.home, KUBECONFIG: call.kubeconfig, PATH: process.env['PATH'] ?? '' },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: withinMs,
    killSignal: 'SIGKILL',
  })
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  // A kubectl that ends before it has read everything is no failure of the test.
  child.stdin.on('error', () => undefined)
  child.stdin.end(call.input ?? '')
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}
