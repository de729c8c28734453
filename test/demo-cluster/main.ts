// `npm run demo:cluster`: a policy's life in a real cluster, command by command. Exits 0, or 1 when something went another way.
import { print, printingTeller, printSurprise, printTitle } from './print-story.ts'
import { scenes } from './scenes.ts'
import { openStage, podNames } from './stage.ts'

async function main(): Promise<number> {
  print('llm-fallback in a cluster: kubectl apply reaches every sidecar')
  print(
    "Everything runs on this machine: a real Kubernetes API server with etcd, two operators, three pods' sidecars,",
  )
  print('and two simulated vendors. Starting them takes about ten seconds.')
  const interrupted = new Promise<number>(resolve => {
    // Not `once`: an impatient second signal must not leave anything behind.
    process.on('SIGINT', () => resolve(0))
    process.on('SIGTERM', () => resolve(0))
  })
  const stage = await openStage(printingTeller)
  try {
    print()
    print(`  API server   ${stage.cluster.url}`)
    print(
      `  operators    processes ${stage.service
        .operators()
        .map(({ pid }) => pid)
        .join(' and ')}, at ${stage.service.pushUrl}`,
    )
    for (const [at, { url, pid }] of stage.sidecars.entries()) {
      print(`  ${podNames[at]}  ${url}, process ${pid}`)
    }
    return await Promise.race([playAll(stage), interrupted])
  } finally {
    print('\nstopping')
    await stage.close()
  }
}

async function playAll(stage: Parameters<(typeof scenes)[number]['play']>[0]): Promise<number> {
  for (const [at, scene] of scenes.entries()) {
    printTitle(at + 1, scene.title)
    try {
      await scene.play(stage)
    } catch (error) {
      printSurprise(error)
      return 1
    }
  }
  print('\nEverything went the way it should.')
  return 0
}

try {
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
