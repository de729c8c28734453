// Applications that ask without a pause: one caller per sidecar, each request with a text of its own.
import { setTimeout as sleep } from 'node:timers/promises'
import { askChat } from '../support/ask.ts'

/** As long as a provider takes at least. */
const pauseMs = 5

export interface Answered {
  /** Which of the sidecars, from 0. */
  readonly caller: number
  /** Text of the request. */
  readonly content: string
  /** Wall time at which it was sent. */
  readonly askedAt: number
  /** 0: there was no answer. */
  readonly status: number
  /** `name@generation`; empty when the answer does not say. */
  readonly policy: string
}

export interface BusyCallers {
  /** All that have been answered, in no order. */
  readonly answered: readonly Answered[]
  stop(): Promise<void>
}

/** @param label makes texts differ from those of other callers. */
export function startCallers(urls: readonly string[], label: string): BusyCallers {
  const stopping = new AbortController()
  const answered: Answered[] = []
  const keepAsking = async (url: string, caller: number) => {
    for (let count = 0; !stopping.signal.aborted; count += 1) {
      const content = `${label} ${caller}/${count}`
      const askedAt = Date.now()
      const { status, policy } = await ask(url, content)
      answered.push({ caller, content, askedAt, status, policy })
      await sleep(pauseMs)
    }
  }
  const callers = urls.map(keepAsking)
  return {
    answered,
    async stop() {
      stopping.abort()
      await Promise.all(callers)
    },
  }
}

async function ask(url: string, content: string): Promise<Pick<Answered, 'status' | 'policy'>> {
  try {
    const { status, isBroken, verdict } = await askChat(url, { content })
    return { status: isBroken ? 0 : status, policy: verdict.policy ?? '' }
  } catch {
    return { status: 0, policy: '' }
  }
}
