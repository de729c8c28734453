// Runs suites of tests with Node's own runner: `node test/run-tests.ts unit architecture`, or `all`.
import { spawn } from 'node:child_process'
import { globSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import { prepareGoClients } from './sdk/support/go-clients.ts'
import { preparePython } from './sdk/support/python-environment.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where each suite lies. A suite without files is a mistake: it would pass for ever. */
const suites: ReadonlyMap<string, readonly string[]> = new Map([
  [
    'unit',
    ['{crds,sidecar,operator,build}/**/*.test.ts', 'test/support/**/*.test.ts', 'test/bench/**/*.test.ts'],
  ],
  ['architecture', ['test/architecture/**/*.test.ts']],
  ['conformance', ['test/conformance/**/*.test.ts']],
  ['admission', ['test/admission/**/*.test.ts']],
  ['scenarios', ['test/scenarios/**/*.test.ts']],
  ['sdk', ['test/sdk/**/*.test.ts']],
  ['fuzz', ['test/fuzz/**/*.test.ts']],
  ['demo', ['test/demo/**/*.test.ts']],
  ['images', ['test/images/**/*.test.ts']],
  ['chart', ['test/chart/**/*.test.ts']],
  ['cluster', ['test/cluster/**/*.test.ts']],
  ['node', ['test/node/**/*.test.ts']],
])

/** Suites whose files run one after the other: each has a control plane of its own, of 350 MB, or a node. */
const serialSuites: readonly string[] = ['chart', 'cluster', 'node']

/** Test files in parallel. Each scenario starts processes of its own, so more than the machine has would only make them late. */
const maxConcurrency = 4
/** Longest life of one test file: a hung one fails instead of holding the run. */
const fileTimeoutMs = 180_000
/** The first of them builds Kubernetes, or what a node needs beside it, where there is none: that takes minutes. */
const serialFileTimeoutMs = 45 * 60_000

/** Each file of tests is a process of its own: without this, each would strip the types of the same sources again. */
const compileCache = fileURLToPath(new URL('../node_modules/.cache/tests', import.meta.url))

function listFiles(names: readonly string[]): readonly string[] {
  return names.flatMap(name => {
    const patterns = suites.get(name)
    if (patterns === undefined) {
      throw new Error(`no suite "${name}"; there are: all, ${[...suites.keys()].join(', ')}`)
    }
    const files = patterns.flatMap(pattern => globSync(pattern, { cwd: root })).sort()
    if (files.length === 0) throw new Error(`suite "${name}" has no test files`)
    return files
  })
}

interface Run {
  readonly files: readonly string[]
  readonly concurrency: number
  readonly timeoutMs: number
}

function planRuns(names: readonly string[]): readonly Run[] {
  const isSerial = (name: string) => serialSuites.includes(name)
  const concurrency = Math.min(availableParallelism(), maxConcurrency)
  const runs: readonly Run[] = [
    {
      files: listFiles(names.filter(name => !isSerial(name))),
      concurrency,
      timeoutMs: fileTimeoutMs,
    },
    { files: listFiles(names.filter(isSerial)), concurrency: 1, timeoutMs: serialFileTimeoutMs },
  ]
  return runs.filter(({ files }) => files.length > 0)
}

function runNodeTests({ files, concurrency, timeoutMs }: Run): Promise<number> {
  const options = ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`]
  const env = { NODE_COMPILE_CACHE: compileCache, ...process.env }
  const runner = spawn(process.execPath, [...options, ...files], { cwd: root, stdio: 'inherit', env })
  // The runner gets the terminal's Ctrl-C itself; waiting for it keeps its summary in order.
  process.on('SIGINT', () => undefined)
  process.on('SIGTERM', () => runner.kill('SIGTERM'))
  return new Promise((resolve, reject) => {
    runner.once('error', reject)
    runner.once('exit', code => resolve(code ?? 1))
  })
}

async function main(names: readonly string[]): Promise<number> {
  if (names.length === 0) throw new Error(`which suites? all, ${[...suites.keys()].join(', ')}`)
  const wanted = names.includes('all') ? [...suites.keys()] : names
  const runs = planRuns(wanted)
  if (wanted.includes('sdk')) await prepareClients()
  for (const run of runs) {
    const code = await runNodeTests(run)
    if (code !== 0) return code
  }
  return 0
}

/** Installing and building may take longer than a test file lives. What goes wrong here is told, and fails the tests that need it. */
async function prepareClients(): Promise<void> {
  for (const prepare of [preparePython, prepareGoClients]) {
    try {
      await prepare()
    } catch (error) {
      process.stderr.write(`run-tests: ${error instanceof Error ? error.message : String(error)}\n`)
    }
  }
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`run-tests: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 2
}
