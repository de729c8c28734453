// The Python that runs the vendors' Python clients: a virtual environment made once for each list of packages.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const pythonFolder: string = fileURLToPath(new URL('../python', import.meta.url))

/** Packages are many; a slow mirror needs minutes for them. */
const longestInstallMs = 15 * 60_000

/**
 * @returns the path of the environment's interpreter.
 * @throws Error that says what is missing and how to cure it: these tests are never left out in silence.
 */
export async function preparePython(): Promise<string> {
  const requirements = join(pythonFolder, 'requirements.txt')
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
    .slice(0, 16)
  const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache')
  const home = join(cache, 'llm-fallback', 'python', digest)
  const interpreter = join(home, 'bin', 'python')
  if (existsSync(interpreter)) return interpreter
  await makeEnvironment(home, requirements)
  return interpreter
}

/** Made in a folder of its own and moved into place when whole: a run that was stopped half-way leaves nothing to trust. */
async function makeEnvironment(home: string, requirements: string): Promise<void> {
  const half = `${home}.${process.pid}`
  await mkdir(join(home, '..'), { recursive: true })
  await rm(half, { recursive: true, force: true })
  try {
    await run('python3', ['-m', 'venv', half], cureForVenv)
    const install = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--requirement',
      requirements,
    ]
    await run(join(half, 'bin', 'python'), install, cureForPip)
    await rename(half, home).catch(async (error: unknown) => {
      // Another run was faster with the same list.
      if (!existsSync(join(home, 'bin', 'python'))) throw error
    })
  } finally {
    await rm(half, { recursive: true, force: true })
  }
}

const cureForVenv =
  'The Python clients are tested in a virtual environment: python3 (3.10 or newer) with its venv module is needed. ' +
  'On Debian and Ubuntu: apt-get install python3-venv; elsewhere it is part of Python.'
const cureForPip =
  'The packages of test/sdk/python/requirements.txt could not be installed: a package index must be in reach of pip, ' +
  'or set PIP_INDEX_URL to one that is.'

function run(command: string, parameters: readonly string[], cure: string): Promise<void> {
  const child = spawn(command, parameters, {
    stdio: ['ignore', 'ignore', 'pipe'], // Unlike the option `timeout`, this keeps no process alive whose command was never there.
    signal: AbortSignal.timeout(longestInstallMs),
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text
  })
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => reject(new Error(`${cure}\n${complaint.slice(-2_000)}`, { cause }))
    child.once('error', fail)
    child.once('close', code => (code === 0 ? resolve() : fail()))
  })
}
