// `npm run bench:fleet`: a real API server, one operator, and fleets of simulated sidecars over TLS with real tokens.
// `--sizes 100,1000` measures other fleets than 100, 1000 and 5000; `--relist 100x1000` another relist than 1000 policies and 10000 pods;
// `--busy 5x100` other changes under load than 30 rotations of a Secret and 1000 edits of a policy.
import { mkdir, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stopAll } from '../bench/processes.ts'
import { repositoryRoot } from '../support/child-process.ts'
import { operatorNamespace, startOperatorService } from '../support/cluster/operator-service.ts'
import { startCluster } from '../support/cluster/start-cluster.ts'
import { eventually } from '../support/eventually.ts'
import { recordOf, textOf } from '../support/simulated-vendors/json.ts'
import { namespace, openFleet } from './fleet.ts'
import { busyNamespace, providerObject } from './manifests.ts'
import { type BusySize, measureBusy } from './measure-busy.ts'
import { measureFleet, type SizeFigures } from './measure-fleet.ts'
import { measureRelist, type RelistSize } from './measure-relist.ts'
import { type FleetFigures, findMisses, renderTable } from './report.ts'

/** As shipped, with the engine options of its launcher. */
const shippedOperator = 'dist/operator.js'
const resultFile = 'dist/bench-fleet.json'
const waitsAtMostMs = 120_000

interface Wish {
  readonly sizes: readonly number[]
  readonly relist: RelistSize
  readonly busy: BusySize
}

function readWish(): Wish {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '100,1000,5000' },
      relist: { type: 'string', default: '1000x10000' },
      busy: { type: 'string', default: '30x1000' },
    },
  })
  const sizes = values.sizes.split(',').map(Number)
  const [policies = Number.NaN, pods = Number.NaN] = values.relist.split('x').map(Number)
  const isAscending = sizes.every((size, at) => size > (sizes[at - 1] ?? 0))
  if (!isAscending) throw new Error(`--sizes: "${values.sizes}"; expected rising numbers, such as 100,1000`)
  if (!(policies > 0 && pods > 0)) throw new Error(`--relist: "${values.relist}"; expected such as 100x1000`)
  const [rotations = Number.NaN, edits = Number.NaN] = values.busy.split('x').map(Number)
  if (!(rotations > 0 && edits > 0)) throw new Error(`--busy: "${values.busy}"; expected such as 30x1000`)
  return { sizes, relist: { policies, pods }, busy: { rotations, edits } }
}

async function run({ sizes, relist, busy }: Wish): Promise<readonly FleetFigures[]> {
  const tell = (sentence: string) => void process.stderr.write(`${sentence}\n`)
  const cluster = await startCluster()
  try {
    await cluster.applyCrds()
    await cluster.createNamespace(namespace)
    const service = await startOperatorService(cluster, 1, {
      entry: shippedOperator,
      environment: { LLM_FALLBACK_CREDENTIAL_NAMESPACES: busyNamespace },
    })
    const ca = await eventually('the operator has published its CA', async () => {
      const path = `/api/v1/namespaces/${operatorNamespace}/configmaps/llm-fallback-ca`
      return textOf(recordOf((await cluster.adminRequest('GET', path)).body['data'])['ca.crt'])
    })
    const providers = `/apis/llmfallback.io/v1alpha1/namespaces/${namespace}/llmproviders`
    await cluster.adminExpect('POST', providers, providerObject(namespace))
    const fleet = await openFleet({ cluster, url: service.pushUrl, ca, waitsAtMostMs })
    const bench = { cluster, service, fleet, tell }
    try {
      const measured: SizeFigures[] = []
      for (const size of sizes) measured.push(await measureFleet(bench, size))
      const once = { ...(await measureBusy(bench, busy)), relist: await measureRelist(bench, relist) }
      return measured.map(figures => ({ ...figures, ...once }))
    } finally {
      await fleet.close()
      await service.close()
    }
  } finally {
    await cluster.stop()
  }
}

/** What stood beside the operator and was not it. */
function sceneOf(): string {
  const processors = availableParallelism()
  return `all simulated sidecars in one process, beside the operator and the API server, on ${processors} processors`
}

async function main(): Promise<number> {
  const figures = await run(readWish())
  await mkdir(join(repositoryRoot, 'dist'), { recursive: true })
  await writeFile(join(repositoryRoot, resultFile), `${JSON.stringify(figures, null, 2)}\n`)
  process.stdout.write(`${renderTable(figures)}\n${sceneOf()}\n`)
  const misses = figures.flatMap(findMisses)
  for (const miss of misses) process.stdout.write(`MISSED: ${miss}\n`)
  return misses.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  process.stderr.write(`bench:fleet: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
} finally {
  stopAll()
}
