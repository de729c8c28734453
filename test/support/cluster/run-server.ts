// One server of the control plane: its output in a file, its readiness awaited, its end made sure of.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProcessGuard } from './process-guard.ts'

const lookEveryMs = 25
const startWithinMs = 60_000
const stopWithinMs = 5_000

export interface ServerCommand {
  /** For messages, e.g. `etcd`. */
  readonly name: string
  readonly program: string
  readonly flags: readonly string[]
  /** Appended to. */
  readonly logFile: string
  readonly guard: ProcessGuard
  /** Asked again and again until it says true. */
  readonly isReady: () => Promise<boolean>
  /** Absent: an empty one. */
  readonly environment?: Readonly<Record<string, string>>
}

export interface RunningServer {
  readonly pid: number
  hasEnded(): boolean
  /** Lets it finish what it does, then kills it. */
  stop(): Promise<void>
  /** At once, as when its machine fails. */
  kill(): Promise<void>
}

/** A port that it wanted was taken meanwhile: worth another try with others. */
export class PortTaken extends Error {}

/** @throws PortTaken, or Error with the last lines of its log, when it does not get ready. */
export async function runServer(command: ServerCommand): Promise<RunningServer> {
  const child = await spawnServer(command)
  const ended = new Promise<void>(resolve => child.once('close', () => resolve()))
  const pid = child.pid ?? 0
  command.guard.watch(pid)
  void ended.then(() => command.guard.forget(pid))
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null
  const end = async (signal: NodeJS.Signals) => {
    if (!hasEnded()) child.kill(signal)
    const killer = setTimeout(() => child.kill('SIGKILL'), stopWithinMs)
    await ended
    clearTimeout(killer)
  }
  try {
    await waitUntilReady(command, hasEnded)
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
  return { pid, hasEnded, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function spawnServer(command: ServerCommand): Promise<ChildProcess> {
  const { program, flags, environment = {} } = command
  const log = await open(command.logFile, 'a')
  try {
    const child = spawn(program, flags, { stdio: ['ignore', log.fd, log.fd], env: environment })
    await once(child, 'spawn')
    return child
  } finally {
    await log.close()
  }
}

async function waitUntilReady(command: ServerCommand, hasEnded: () => boolean): Promise<void> {
  const givesUpAt = performance.now() + startWithinMs
  while (!(await command.isReady())) {
    if (hasEnded()) throw await explain(command, 'ended instead of starting')
    if (performance.now() > givesUpAt) throw await explain(command, `was not ready in ${startWithinMs} ms`)
    await sleep(lookEveryMs)
  }
}

async function explain({ name, logFile }: ServerCommand, what: string): Promise<Error> {
  const log = await readFile(logFile, 'utf8')
  const message = `${name} ${what}:\n${log.trimEnd().split('\n').slice(-15).join('\n')}`
  return log.includes('address already in use') ? new PortTaken(message) : new Error(message)
}
