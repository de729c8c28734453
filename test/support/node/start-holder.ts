// The process that holds a node: everything of the node runs in its namespaces and ends with it.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { ProcessGuard } from '../cluster/process-guard.ts'
import { holderScript } from './holder-script.ts'
import { type NodeOrder, type NodeReport, parseReport } from './node-order.ts'

const startWithinMs = 180_000

export interface Holder {
  /** In the namespaces: the one to enter by. */
  readonly pid: number
  readonly ca: string
  readonly adminToken: string
  /** Returns when the kernel has ended everything in it. */
  stop(): Promise<void>
}

/** Of its own: network, mounts, process numbers, host name, and the objects of System V. */
const namespaces = ['--net', '--mount', '--pid', '--uts', '--ipc']

/** @throws Error with what went wrong inside, when the node does not start. */
export async function startHolder(order: NodeOrder, guard: ProcessGuard): Promise<Holder> {
  const entry = fileURLToPath(new URL('./inside/main.ts', import.meta.url))
  const command = [process.execPath, entry, JSON.stringify(order)]
  const child = spawn(
    'unshare',
    [
      ...namespaces,
      '--fork',
      '--mount-proc',
      '--propagation',
      'private',
      '--kill-child=KILL',
      '/bin/sh',
      '-c',
      holderScript,
      'holder',
      order.folder,
      ...command,
    ],
    { stdio: ['pipe', 'pipe', 'pipe'], env: { PATH: order.path, HOME: order.folder } },
  )
  await once(child, 'spawn')
  const pid = child.pid ?? 0
  guard.watch(pid)
  const ended = once(child, 'close').then(() => guard.forget(pid))
  const stop = async () => {
    child.stdin.end()
    child.kill('SIGKILL')
    await ended
  }
  child.stdin.on('error', () => undefined)
  const said = text(child.stderr)
  try {
    const report = await Promise.race([awaitReport(child), ended.then(() => undefined)])
    if (report?.kind === 'started') return { pid: await childOf(pid), ...report, stop }
    throw new Error(report === undefined ? `it ended: ${await said}` : report.message)
  } catch (cause) {
    await stop()
    throw new Error('the node did not start', { cause })
  }
}

async function awaitReport(child: ChildProcess): Promise<NodeReport | undefined> {
  if (child.stdout === null) return undefined
  const lines = createInterface({ input: child.stdout })
  const signal = AbortSignal.timeout(startWithinMs)
  const [line]: readonly unknown[] = await once(lines, 'line', { signal }).catch(() => [])
  return line === undefined
    ? { kind: 'failed', message: `it said nothing within ${startWithinMs} ms` }
    : parseReport(String(line))
}

/** `unshare` waits outside for the one that it has put into the new namespaces. */
async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')
  return Number(children.trim().split(' ')[0])
}
