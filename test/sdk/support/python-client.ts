// A Python client as a program of its own: it gets scenes as lines of JSON and answers with lines of JSON.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Client, Seen } from './caller.ts'
import { preparePython, pythonFolder } from './python-environment.ts'

export interface PythonProgram {
  /** Hands over one scene and waits for what it leads to. */
  tell(scene: object): Promise<unknown>
  close(): Promise<void>
}

export async function startPythonClient(script: string, url: string): Promise<Client> {
  const program = await startPythonProgram(script, url)
  return {
    async play(scene) {
      const seen = await program.tell(scene)
      if (!isSeen(seen)) throw new Error(`${script}.py answered with something else`)
      return seen
    },
    close: () => program.close(),
  }
}

function isSeen(value: unknown): value is Seen {
  return typeof value === 'object' && value !== null && 'text' in value
}

/** @param script in `test/sdk/python`, without its ending. */
export async function startPythonProgram(script: string, url: string): Promise<PythonProgram> {
  const interpreter = await preparePython()
  const child = spawn(interpreter, [join(pythonFolder, `${script}.py`), url], {
    stdio: ['pipe', 'pipe', 'pipe'],
    // Nothing of the tester's own: keys, proxies and base URLs in variables would be taken.
    env: { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1', NO_PROXY: '*' },
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
      if (line.done) throw new Error(`${script}.py ended: ${complaint}`)
      return JSON.parse(line.value, dropNull)
    },
    close: () => end(child),
  }
}

/** Python says `None` where nothing is; here that is left out. */
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
