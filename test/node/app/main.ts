// An app as any team writes one: it calls a vendor's SDK, names neither an address nor a key, and prints a line for each call.
import { setTimeout as sleep } from 'node:timers/promises'
import { type Ask, askAnthropic, askOpenAi, type Patience, streamOpenAi } from './ask-vendors.ts'

interface Settings {
  readonly ask: Ask
  /** `once`: ends after one call, badly when it is lost. `loop`: calls until it is told to end. */
  readonly calls: 'once' | 'loop'
  readonly pauseMs: number
  readonly patience: Patience
}

const asks: Readonly<Record<string, Ask>> = {
  openai: askOpenAi,
  'openai-stream': streamOpenAi,
  anthropic: askAnthropic,
}

function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const name = environment['ASK'] ?? 'openai'
  const ask = asks[name]
  if (ask === undefined) throw new Error(`ASK is ${name}; it may be ${Object.keys(asks).join(', ')}`)
  const retries = environment['RETRIES']
  return {
    ask,
    calls: environment['CALLS'] === 'once' ? 'once' : 'loop',
    pauseMs: Number(environment['PAUSE_MS'] ?? 100),
    patience: retries === undefined ? {} : { maxRetries: Number(retries) },
  }
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Prints that it begins and how it ended: a call without an end was lost too. */
async function call(number: number, { ask, patience }: Settings): Promise<'served' | 'lost'> {
  print({ kind: 'begun', number })
  const startedAt = performance.now()
  const tookMs = () => Math.round(performance.now() - startedAt)
  try {
    const answer = await ask(patience)
    print({ kind: 'served', number, tookMs: tookMs(), ...answer })
    return 'served'
  } catch (error) {
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    print({ kind: 'lost', number, tookMs: tookMs(), said })
    return 'lost'
  }
}

async function main(settings: Settings): Promise<void> {
  const { calls, pauseMs } = settings
  if (calls === 'once') {
    process.exitCode = (await call(1, settings)) === 'served' ? 0 : 1
    return
  }
  const told = new AbortController()
  // The call that runs is finished first, as a well-behaved app does.
  process.once('SIGTERM', () => told.abort())
  for (let number = 1; !told.signal.aborted; number += 1) {
    await call(number, settings)
    await sleep(pauseMs, undefined, { signal: told.signal }).catch(() => undefined)
  }
  print({ kind: 'ended' })
}

await main(readSettings(process.env))
