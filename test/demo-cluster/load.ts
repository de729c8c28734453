// An application that keeps asking while things change around it.
import { setTimeout as sleep } from 'node:timers/promises'
import { askChat, type WireAnswer } from '../support/ask.ts'
import { eventually } from '../support/eventually.ts'

const pauseMs = 40
const patienceMs = 30_000

export interface Load {
  /** Resolves once so many more calls have been answered. */
  go(calls: number): Promise<void>
  /** Ends it, waits for the last answers and tells what came of all. */
  stop(): Promise<LoadResult>
}

export interface LoadResult {
  readonly asked: number
  /** What was not answered with 200, in words. */
  readonly problems: readonly string[]
  /** Each policy that served, as `name@generation`. */
  readonly policies: readonly string[]
}

/** One caller per sidecar, each asking again as soon as it has been answered. */
export function startLoad(urls: readonly string[]): Load {
  const stopping = new AbortController()
  const problems: string[] = []
  const policies = new Set<string>()
  let asked = 0
  const keepAsking = async (url: string) => {
    while (!stopping.signal.aborted) {
      asked += 1
      const answer = await ask(url)
      if (typeof answer === 'string') problems.push(answer)
      else if (answer.status !== 200) problems.push(`${answer.status}: ${answer.verdict.attempts ?? ''}`)
      else policies.add(answer.verdict.policy ?? '')
      await sleep(pauseMs)
    }
  }
  const callers = urls.map(keepAsking)
  return {
    async go(calls) {
      const goal = asked + calls
      await eventually(`${calls} more calls`, () => asked >= goal || undefined, patienceMs)
    },
    async stop() {
      stopping.abort()
      await Promise.all(callers)
      return { asked, problems, policies: [...policies] }
    },
  }
}

/** The answer, or why there is none. */
async function ask(url: string): Promise<WireAnswer | string> {
  return askChat(url, { model: 'gpt-4o', content: 'Are you there?' }).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  )
}
