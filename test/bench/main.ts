// `npm run bench`: the sidecar against a bare pass-through and against no hop at all, in interleaved rounds of one run.
// `--quick` takes a minute; `--strict` measures against a bare pass-through on undici's lowest layer; `--bare-only` puts the
// bare one into both seats, which must give ratios near 1.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type FallbackTools,
  measureDeadPrimary,
  measureFailover,
  measureReloads,
} from './measure-fallback.ts'
import {
  type Durations,
  type LoadTools,
  measureRound,
  measureTranslation,
  type RoundFigures,
  type TranslationFigures,
  warmUp,
} from './measure-load.ts'
import { measureIdleMemory, measureSlowStreams, measureStart, median } from './measure-memory.ts'
import {
  type Helper,
  helperCore,
  pathOf,
  type RunningProcess,
  residentMemory,
  startHelper,
  startWorker,
  stopAll,
  stopChild,
} from './processes.ts'
import { type Check, compareRounds, hasPassed, renderTable } from './report.ts'
import {
  prepareBare,
  type Seat,
  type SeatName,
  startBare,
  startSidecar,
  type Yardstick,
  yardstickWords,
} from './seats.ts'

const isQuick = process.argv.includes('--quick')
const isBareOnly = process.argv.includes('--bare-only')
const yardstick: Yardstick = process.argv.includes('--strict') ? 'strict' : 'documented'
const durations: Durations = isQuick
  ? { rounds: 2, saturatedMs: 1500, steadyMs: 2000, largeMs: 1500, reloads: 50, starts: 2, slowStreams: 1000 }
  : {
      rounds: 6,
      saturatedMs: 1500,
      steadyMs: 2000,
      largeMs: 1500,
      reloads: 1000,
      starts: 5,
      slowStreams: 1000,
    }

const folder = mkdtempSync(join(tmpdir(), 'llm-fallback-bench-'))
const watchdog = setTimeout(() => endAtOnce('the benchmark took too long'), 10 * 60 * 1000)
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => endAtOnce(signal))
try {
  await run()
} finally {
  clearTimeout(watchdog)
  stopAll()
  rmSync(folder, { recursive: true, force: true })
}

function endAtOnce(reason: string): never {
  stopAll()
  process.stderr.write(`${reason}\n`)
  process.exit(1)
}

async function run(): Promise<void> {
  if (!isBareOnly && !existsSync(pathOf('../../dist/sidecar.js'))) endAtOnce('run npm run build first')
  prepareBare()
  const stub = await startHelper({ script: pathOf('provider-stub.ts'), core: helperCore })
  const load = startWorker(pathOf('load-generator.ts'))
  const tools = { load, stub, durations }
  const startTested = () =>
    isBareOnly ? startBare(stub.port, yardstick) : startSidecar({ folder, stubPort: stub.port })

  tell('start and idle memory')
  const rest = await measureRest({ stub, startTested })
  const bare = await startBare(stub.port, yardstick)
  const sidecar = await startTested()
  const rounds = await runRounds(tools, [
    { name: 'direct', port: stub.port },
    { name: 'bare', port: bare.port, process: bare },
    { name: 'sidecar', port: sidecar.port, process: sidecar },
  ])
  const afterLoad = memoryCheck('memory after load', bare, sidecar)
  tell('translated streams')
  const translation = await compareTranslation(tools, { bare, sidecar })
  tell('a thousand slow streams')
  // A fresh process, because memory that a load has claimed is not given back.
  const fresh = await startTested()
  const slow = await measureSlowStreams(tools, fresh)
  await fresh.stop()
  const checks = [
    ...compareRounds(rounds),
    translation.check,
    rest.start,
    rest.idle,
    afterLoad,
    ownFigure('memory with 1,000 slow streams', 'MiB', slow.rssMiB, 150),
    ownFigure('errors under load', '', errorsOf(rounds) + translation.errors + slow.errors, 0),
    ...(isBareOnly ? [] : await measureChain({ ...tools, sidecar, folder })),
  ]
  await Promise.all([bare.stop(), sidecar.stop(), stub.stop(), stopChild(load)])
  report(checks)
}

async function measureRest({ stub, startTested }: { stub: Helper; startTested(): Promise<RunningProcess> }) {
  const startOfBare = () => startBare(stub.port, yardstick)
  const bareStart = await measureStart(startOfBare, durations.starts)
  const sidecarStart = await measureStart(startTested, durations.starts)
  const bareIdle = await measureIdleMemory(startOfBare)
  const sidecarIdle = await measureIdleMemory(startTested)
  const start: Check = {
    name: 'start to first answer',
    unit: 'ms',
    bare: bareStart,
    sidecar: sidecarStart,
    value: sidecarStart / bareStart,
    target: { kind: 'atMost', value: 3 },
  }
  return { start, idle: { ...ownFigure('memory idle', 'MiB', sidecarIdle, 80), bare: bareIdle } }
}

async function runRounds(tools: LoadTools, seats: readonly Seat[]) {
  const rounds: Record<SeatName, RoundFigures[]> = { direct: [], bare: [], sidecar: [] }
  tell('warm-up')
  for (const seat of seats) await warmUp(tools, seat)
  for (let round = 1; round <= durations.rounds; round += 1) {
    tell(`round ${round} of ${durations.rounds}`)
    // Every other round goes backwards, so that no seat always comes first.
    const order = round % 2 === 1 ? seats : seats.toReversed()
    const figures = await measureRound(tools, order)
    for (const [seat, figure] of figures) rounds[seat].push(figure)
  }
  return rounds
}

/** After the rounds: what such streams leave behind in a process must not weigh on the other figures. */
async function compareTranslation(
  tools: LoadTools,
  { bare, sidecar }: { readonly bare: RunningProcess; readonly sidecar: RunningProcess },
): Promise<{ readonly check: Check; readonly errors: number }> {
  const seats: readonly Seat[] = [
    { name: 'bare', port: bare.port, process: bare },
    { name: 'sidecar', port: sidecar.port, process: sidecar },
  ]
  await measureTranslation(tools, seats)
  const rounds: (readonly TranslationFigures[])[] = []
  for (let round = 0; round < tools.durations.rounds; round += 1) {
    rounds.push(await measureTranslation(tools, seats))
  }
  const [bareCosts, sidecarCosts] = seats.map((_, seat) =>
    rounds.map(figures => figures[seat]?.cpuPerChunk ?? Number.NaN),
  )
  const check: Check = {
    name: 'CPU per translated chunk',
    unit: 'µs',
    bare: median(bareCosts ?? []),
    sidecar: median(sidecarCosts ?? []),
    value: median(rounds.map(([one, other]) => (other?.cpuPerChunk ?? 0) / (one?.cpuPerChunk ?? Number.NaN))),
    target: { kind: 'atMost', value: 2.5 },
  }
  return { check, errors: rounds.flat().reduce((sum, figures) => sum + figures.errors, 0) }
}

async function measureChain(tools: FallbackTools): Promise<readonly Check[]> {
  tell('fallback, dead primary')
  const failover = await measureFailover(tools)
  const dead = await measureDeadPrimary(tools)
  // A process of its own: the breaker of the dead primary stays open for a minute.
  const ownFolder = join(tools.folder, 'reloads')
  mkdirSync(ownFolder)
  const sidecar = await startSidecar({ folder: ownFolder, stubPort: tools.stub.port })
  tell(`${durations.reloads} reloads under load`)
  const reloads = await measureReloads({ ...tools, sidecar, folder: ownFolder })
  await sidecar.stop()
  return [
    ownFigure('failed primary to fallback, p99', 'ms', failover.p99Ms, 5),
    ownFigure('upstream requests per request, primary dead', '', dead.ratio, 1.1),
    ownFigure('errors while the primary fails', '', failover.errors + dead.errors, 0),
    {
      ...ownFigure('reloads', '', reloads.reloads, 0),
      target: { kind: 'atLeast', value: durations.reloads },
    },
    ownFigure('requests lost in reloads', '', reloads.lost, 0),
    ownFigure('requests of mixed policies', '', reloads.mixed, 0),
  ]
}

function ownFigure(name: string, unit: string, value: number, most: number): Check {
  return { name, unit, sidecar: value, value, target: { kind: 'atMost', value: most } }
}

function memoryCheck(name: string, bare: RunningProcess, sidecar: RunningProcess): Check {
  const own = residentMemory(sidecar.pid)
  const ofBare = residentMemory(bare.pid)
  return { name, unit: 'MiB', bare: ofBare, sidecar: own, value: own / ofBare }
}

function errorsOf(rounds: Readonly<Record<SeatName, readonly RoundFigures[]>>): number {
  return Object.values(rounds)
    .flat()
    .reduce((sum, round) => sum + round.errors, 0)
}

function report(checks: readonly Check[]): void {
  const load = loadavg().map(average => Number(average.toFixed(2)))
  mkdirSync(pathOf('../../dist'), { recursive: true })
  writeFileSync(
    pathOf('../../dist/bench.json'),
    `${JSON.stringify(
      {
        time: new Date().toISOString(),
        node: process.versions.node,
        loadAverage: load,
        yardstick,
        durations,
        checks: checks.map(check => ({ ...check, passed: hasPassed(check) })),
      },
      undefined,
      2,
    )}\n`,
  )
  process.stdout.write(
    `\n${renderTable(checks)}\n\nbare: ${yardstickWords[yardstick]}; load average ${load.join(' ')}; dist/bench.json\n`,
  )
}

function tell(stage: string): void {
  process.stdout.write(`${stage} …\n`)
}
