// Starts the real sidecar as a process of its own and waits until it serves.
import { type Program, type ProgramEnd, startProgram } from './child-process.ts'
import { eventually } from './eventually.ts'
import { isRecord, parseRecord } from './simulated-vendors/json.ts'

export interface SidecarOptions {
  /** Folder of policy files; absent: the environment names another source. */
  readonly policyDir?: string
  /** Further settings and the credentials that the policy names. */
  readonly environment?: Readonly<Record<string, string>>
  /** `serving` (default) waits for a live snapshot, `listening` only for the ports. */
  readonly waitFor?: 'serving' | 'listening'
  readonly onOutput?: (text: string) => void
  /** Another program than the sidecar, for the tests of this file. */
  readonly entry?: string
}

export interface Sidecar {
  /** Data listener, e.g. `http://127.0.0.1:41234`. */
  readonly url: string
  /** Admin listener. */
  readonly adminUrl: string
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Standard output as parsed JSON lines. */
  logLines(): readonly Readonly<Record<string, unknown>>[]
  readonly ended: Promise<ProgramEnd>
  /** SIGTERM, and SIGKILL when the drain takes longer than `withinMs` (10 s). */
  stop(withinMs?: number): Promise<ProgramEnd>
  signal(signal: NodeJS.Signals): void
}

/** Longest wait for a start on a busy machine. */
const startWithinMs = 20_000

/** @throws Error with the program's output when it ends or does not get ready. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const program = await startProgram({
    entry: options.entry ?? 'sidecar/main.ts',
    environment: {
      LLM_FALLBACK_LISTEN: '127.0.0.1:0',
      LLM_FALLBACK_ADMIN_LISTEN: '127.0.0.1:0',
      ...(options.policyDir === undefined ? {} : { LLM_FALLBACK_POLICY_DIR: options.policyDir }),
      ...options.environment,
    },
    ...(options.onOutput === undefined ? {} : { onOutput: options.onOutput }),
  })
  try {
    const addresses = await waitForAddresses(program)
    const sidecar = describe(program, addresses)
    if (options.waitFor !== 'listening') await waitUntilReady(program, sidecar.adminUrl)
    return sidecar
  } catch (cause) {
    await program.stop('SIGKILL')
    throw new Error(`the sidecar did not start: ${program.stderr()}${program.stdout()}`, { cause })
  }
}

interface Addresses {
  readonly data: string
  readonly admin: string
}

function describe(program: Program, addresses: Addresses): Sidecar {
  return {
    url: `http://${addresses.data}`,
    adminUrl: `http://${addresses.admin}`,
    pid: program.pid,
    stdout: program.stdout,
    stderr: program.stderr,
    logLines: () => parseLines(program.stdout()),
    ended: program.ended,
    stop: (withinMs = 10_000) => program.stop('SIGTERM', withinMs),
    signal: program.signal,
  }
}

function waitForAddresses(program: Program): Promise<Addresses> {
  return untilOrEnd(program, 'the sidecar says where it listens', async () => {
    const line = parseLines(program.stdout()).find(entry => entry['msg'] === 'listening')
    const data = line?.['data']
    const admin = line?.['admin']
    return typeof data === 'string' && typeof admin === 'string' ? { data, admin } : undefined
  })
}

async function waitUntilReady(program: Program, adminUrl: string): Promise<void> {
  await untilOrEnd(program, 'the sidecar is ready', async () => {
    const answer = await fetch(`${adminUrl}/readyz`)
    const text = await answer.text()
    return answer.ok ? text : undefined
  })
}

/** Like `eventually`, but gives up as soon as the program has ended. */
function untilOrEnd<Value>(
  program: Program,
  what: string,
  look: () => Promise<Value | undefined>,
): Promise<Value> {
  const lookWhileItRuns = () => {
    if (program.hasEnded()) throw new Error(`it ended before this: ${what}`)
    return look()
  }
  return eventually(what, lookWhileItRuns, startWithinMs)
}

function parseLines(text: string): readonly Readonly<Record<string, unknown>>[] {
  return text.split('\n').map(parseRecord).filter(isRecord)
}
