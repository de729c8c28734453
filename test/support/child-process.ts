// One program under test: its output collected, its end awaited, and stopped by its own id only.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** The repository's top folder. */
export const repositoryRoot: string = fileURLToPath(new URL('../..', import.meta.url))

export interface ProgramOptions {
  /** Path of the program from the top of the repository. */
  readonly entry: string
  /** The whole environment but PATH: nothing of the tester's own leaks in. */
  readonly environment: Readonly<Record<string, string>>
  /** Called with each piece of standard output as it comes. */
  readonly onOutput?: (text: string) => void
}

export interface ProgramEnd {
  /** Exit code; null when a signal ended it. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Program {
  readonly pid: number
  stdout(): string
  stderr(): string
  readonly ended: Promise<ProgramEnd>
  hasEnded(): boolean
  /** Sends the signal, and SIGKILL when it is still there after `withinMs`. */
  stop(signal?: NodeJS.Signals, withinMs?: number): Promise<ProgramEnd>
  signal(signal: NodeJS.Signals): void
}

export async function startProgram(options: ProgramOptions): Promise<Program> {
  const child = spawn(process.execPath, [options.entry], {
    cwd: repositoryRoot,
    env: { PATH: process.env['PATH'] ?? '', ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output = collect(child, options.onOutput)
  const ended = new Promise<ProgramEnd>(resolve => {
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  await once(child, 'spawn')
  // A test that dies must not leave its program behind.
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  void ended.then(() => process.off('exit', killWithUs))
  return {
    pid: child.pid ?? 0,
    ...output,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    signal: signal => void child.kill(signal),
    stop: (signal = 'SIGTERM', withinMs = 5_000) => stop(child, ended, { signal, withinMs }),
  }
}

function collect(child: ChildProcess, onOutput?: (text: string) => void): Pick<Program, 'stdout' | 'stderr'> {
  const stdout: string[] = []
  const stderr: string[] = []
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    stdout.push(text)
    onOutput?.(text)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  return { stdout: () => stdout.join(''), stderr: () => stderr.join('') }
}

async function stop(
  child: ChildProcess,
  ended: Promise<ProgramEnd>,
  how: { readonly signal: NodeJS.Signals; readonly withinMs: number },
): Promise<ProgramEnd> {
  child.kill(how.signal)
  const killer = setTimeout(() => child.kill('SIGKILL'), how.withinMs)
  const end = await ended
  clearTimeout(killer)
  return end
}
