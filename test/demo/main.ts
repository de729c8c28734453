// `npm start`: two simulated vendors, the real sidecar on the quickstart policy, and an application that keeps being answered.
// With a terminal, keys break the primary. `--script` goes through everything by itself and exits 0, or 1 when something
// went another way than the policy says. Without a terminal the script runs first and the sidecar then stays up.
import { createApplication } from './ask.ts'
import { takeKeys } from './keys.ts'
import { print, printNote, printWelcome } from './print.ts'
import { runScript } from './script.ts'
import { watchPolicy } from './watch-policy.ts'
import { startWorld } from './world.ts'

async function main(): Promise<number> {
  const interrupted = new Promise<unknown>(resolve => {
    // Not `once`: an impatient second signal must not leave the sidecar behind.
    process.on('SIGINT', resolve)
    process.on('SIGTERM', resolve)
  })
  const world = await startWorld()
  try {
    printWelcome(world)
    const stopWatching = await watchPolicy(world.sidecar, printNote)
    const stage = { world, application: createApplication(world.sidecar.url) }
    const end = await Promise.race([perform(stage, interrupted), interrupted.then(() => 0)])
    stopWatching()
    return end
  } finally {
    print('\nstopping')
    await world.close()
  }
}

type Stage = Parameters<typeof runScript>[0]

async function perform(stage: Stage, interrupted: Promise<unknown>): Promise<number> {
  if (process.argv.includes('--script')) return runScript(stage)
  if (process.stdin.isTTY) {
    await takeKeys(stage)
    return 0
  }
  const result = await runScript(stage)
  print('\nNo terminal for keys: the sidecar stays up until Ctrl-C.')
  await interrupted
  return result
}

try {
  // Whatever still waits for a key or an answer must not hold up the end.
  process.exit(await main())
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exit(1)
}
