// Starts, watches and stops the processes of a run. Every one is stopped by its own id.
import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface RunningProcess {
  readonly pid: number
  readonly port: number
  /** The second listener, where there is one. */
  readonly adminPort: number | undefined
  stop(): Promise<void>
}

/** A forked helper that takes orders. */
export interface Helper extends RunningProcess {
  readonly child: ChildProcess
}

export interface StartOptions {
  readonly script: string
  readonly environment?: Readonly<Record<string, string>>
  /** The processor it may use; absent: any. */
  readonly core?: number
  readonly nodeArguments?: readonly string[]
}

/** The process under test has a processor for itself; callers and providers share the other. */
export const testedCore = 0
export const helperCore = 1

const startTimeoutMs = 15_000
const started = new Set<ChildProcess>()

/** Ends whatever a failed run left behind. */
export function stopAll(): void {
  for (const child of started) child.kill('SIGKILL')
}

/** Resolves with the line that tells where it listens. */
export async function startProgram(options: StartOptions): Promise<RunningProcess> {
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), options.script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], ...options.environment },
  })
  return follow(child, options)
}

export async function startHelper(options: StartOptions): Promise<Helper> {
  const child = fork(options.script, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] })
  return { ...(await follow(child, options)), child }
}

/** A helper that listens nowhere. */
export function startWorker(script: string): ChildProcess {
  const child = fork(script, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
  watch(child, helperCore)
  return child
}

export function pathOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url))
}

/** Sends an order and resolves with the next message. */
export function ask<Answer>(helper: ChildProcess, order: object): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const onExit = () => reject(new Error('a helper of the benchmark ended'))
    helper.once('exit', onExit)
    helper.once('message', (answer: Answer & object) => {
      helper.off('exit', onExit)
      resolve(answer)
    })
    helper.send(order)
  })
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 5000)
  await ended
  clearTimeout(killer)
}

/** Processor time of all threads so far, in microseconds. */
export function cpuMicroseconds(pid: number): number {
  let nanoseconds = 0
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    nanoseconds += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  }
  return nanoseconds / 1000
}

/** Resident memory in MiB. */
export function residentMemory(pid: number): number {
  const kibibytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return Number(kibibytes) / 1024
}

function watch(child: ChildProcess, core: number | undefined): void {
  started.add(child)
  child.once('exit', () => started.delete(child))
  if (core !== undefined && child.pid !== undefined) pin(child.pid, core)
}

function pin(pid: number, core: number): void {
  try {
    execFileSync('taskset', ['-a', '-c', '-p', String(core), String(pid)], { stdio: 'ignore' })
  } catch {
    // Without taskset the processes share the processors; the ratios still hold, with more noise.
  }
}

async function follow(child: ChildProcess, options: StartOptions): Promise<RunningProcess> {
  watch(child, options.core)
  const addresses = await firstAddresses(child, options.script)
  child.stdout?.resume()
  return {
    pid: child.pid ?? -1,
    port: portOf(addresses.data),
    adminPort: addresses.admin === undefined ? undefined : portOf(addresses.admin),
    stop: () => stopChild(child),
  }
}

function portOf(address: string): number {
  return Number(address.slice(address.lastIndexOf(':') + 1))
}

function firstAddresses(child: ChildProcess, script: string): Promise<{ data: string; admin?: string }> {
  return new Promise((resolve, reject) => {
    const { stdout } = child
    if (stdout === null) return reject(new Error('the output of a process cannot be read'))
    child.once('exit', code => reject(new Error(`${script} ended with ${code} before it listened`)))
    const slow = setTimeout(() => reject(new Error(`${script} does not listen`)), startTimeoutMs)
    child.once('exit', () => clearTimeout(slow))
    createInterface({ input: stdout }).on('line', line => {
      if (!line.startsWith('{')) return
      const fields = JSON.parse(line)
      if (fields.msg === 'listening') {
        clearTimeout(slow)
        resolve(fields)
      }
      if (fields.level === 'error') process.stderr.write(`${line}\n`)
    })
  })
}
