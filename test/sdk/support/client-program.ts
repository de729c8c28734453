// A client in another language as a program of its own: it gets scenes as lines of JSON and answers with lines of JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Client, Seen } from './caller.ts'

/** How a program is called. */
export interface Command {
  /** For people. */
  readonly name: string
  readonly path: string
  readonly parameters: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
}

export interface ClientProgram {
  /** Hands over one scene and waits for what it leads to. */
  tell(scene: object): Promise<unknown>
  close(): Promise<void>
}

export function clientOfProgram(program: ClientProgram, name: string): Client {
  return {
    async play(scene) {
      const seen = await program.tell(scene)
      if (!isSeen(seen)) throw new Error(`${name} answered with something else`)
      return seen
    },
    close: () => program.close(),
  }
}

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'text' in value
}

export function startClientProgram({ name, path, parameters, environment }: Command): ClientProgram {
  const child = spawn(path, [...parameters], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of the tester's own: keys, proxies and base URLs in variables would be taken.
    env: { PATH: process.env['PATH'] ?? '', NO_PROXY: '*', ...environment },
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  // A program that has ended tells so by its missing line, not by the line that it could not take.
  child.stdin.on('error', () => undefined)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return {
    async tell(scene) {
      child.stdin.write(`${JSON.stringify(scene)}\n`)
      const line = await lines.next()
      if (line.done) throw new Error(`${name} ended: ${complaint}`)
      return JSON.parse(line.value, dropNull)
    },
    close: () => end(child),
  }
}

/** Other languages say that nothing is there; here that is left out. */
function dropNull(_name: string, value: unknown): unknown {
  return value === null ? undefined : value
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.stdin?.end()
  const impatience = setTimeout(() => child.kill('SIGKILL'), 5_000)
  await ended
  clearTimeout(impatience)
}
