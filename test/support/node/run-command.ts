// One command to its end, with what it said.
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'

export interface CommandOptions {
  readonly input?: string
  /** Absent: this process's own. */
  readonly environment?: Readonly<Record<string, string>>
  /** Absent: 60 000. It is killed then. */
  readonly withinMs?: number
  readonly folder?: string
}

export interface CommandResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Ends whatever the exit code; only a program that cannot be started rejects. */
export async function runCommand(
  options: CommandOptions,
  program: string,
  ...parameters: readonly string[]
): Promise<CommandResult> {
  const child = spawn(program, parameters, {
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: options.withinMs ?? 60_000,
    killSignal: 'SIGKILL',
    ...(options.environment === undefined ? {} : { env: { ...options.environment } }),
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  })
  const closed = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => resolve(code ?? -1))
  })
  // A program that ends before it has read everything has had enough.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.input ?? '')
  const [code, stdout, stderr] = await Promise.all([closed, text(child.stdout), text(child.stderr)])
  return { code, stdout, stderr }
}

/** @throws Error with what it said, unless it ends well. */
export async function mustRun(
  options: CommandOptions,
  program: string,
  ...parameters: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runCommand(options, program, ...parameters)
  if (code === 0) return stdout
  throw new Error(`${[program, ...parameters].join(' ')} ended with ${code}: ${stderr}${stdout}`)
}
