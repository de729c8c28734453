// Starts the program of an extracted image as an injected pod would: its own root, read-only, its own user, /proc and a
// folder in memory for its state.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { eventually } from '../support/eventually.ts'
import { isRecord, parseRecord } from '../support/simulated-vendors/json.ts'

export interface RootedProgram {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** JSON lines of standard output. */
  logLines(): readonly Readonly<Record<string, unknown>>[]
  /** SIGTERM, and SIGKILL after ten seconds; the exit code, null when a signal ended it. */
  stop(): Promise<number | null>
}

export interface RootedOrder {
  readonly root: string
  readonly user: number
  readonly entrypoint: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

/** In memory, and the only folder that can be written to. */
export const stateFolder = '/var/lib/llm-fallback'

/** Every step becomes the next one, so the program has the id that was started. */
const enterRoot = [
  'set -e',
  'mount --bind "$1" "$1"',
  'mount -t proc proc "$1/proc"',
  'mount -t tmpfs -o mode=0777,size=16m tmpfs "$1/var/lib/llm-fallback"',
  'mount -o remount,bind,ro "$1"',
  'root=$1 user=$2; shift 2',
  'exec chroot --userspec="$user:$user" "$root" "$@"',
].join('\n')

/** For root only: mounts in a namespace of their own, which ends with the program. */
export async function startInRoot({
  root,
  user,
  entrypoint,
  environment,
}: RootedOrder): Promise<RootedProgram> {
  // As a container's runtime makes the places that it mounts to.
  for (const place of ['proc', stateFolder]) await mkdir(join(root, place), { recursive: true })
  const words = ['--mount', 'sh', '-c', enterRoot, 'sh', root, String(user), ...entrypoint]
  const child = spawn('unshare', words, {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout: string[] = []
  const stderr: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
  await once(child, 'spawn')
  const killWithUs = () => child.kill('SIGKILL')
  process.once('exit', killWithUs)
  child.once('exit', () => process.off('exit', killWithUs))
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout.join(''),
    stderr: () => stderr.join(''),
    logLines: () => stdout.join('').split('\n').map(parseRecord).filter(isRecord),
    stop: () => stop(child),
  }
}

async function stop(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000)
  await once(child, 'exit')
  clearTimeout(killer)
  return child.exitCode
}

/** The address in the line that the programs write when they listen. */
export function waitForAddress(program: RootedProgram, listener: 'data' | 'admin'): Promise<string> {
  return eventually(`the program says where it listens: ${program.stderr()}`, () => {
    const line = program.logLines().find(entry => entry['msg'] === 'listening')
    const address = line?.[listener]
    return typeof address === 'string' ? address : undefined
  })
}
