// Goes through every breakage by itself and compares what happens with what the policy says.
import { eventually } from '../support/eventually.ts'
import { readVerdict } from '../support/served-header.ts'
import type { Sidecar } from '../support/start-sidecar.ts'
import type { Application, Asked } from './ask.ts'
import { type Breakage, breakages, findSurprise, healthy } from './breakages.ts'
import { print, printAsked, printHeadings, printSurprise } from './print.ts'
import { retryAfterSeconds, type World } from './world.ts'

export interface Stage {
  readonly world: World
  readonly application: Application
}

/** Asked in every round, so that an answer of it lies in the cache when everything is down. */
const usualQuestion = 'What can you do when your provider fails?'

/** @returns 0 when everything went as the policy says, else 1. */
export async function runScript(stage: Stage): Promise<number> {
  print('Each fault meets two requests: a stream through openai, a whole answer through @anthropic-ai/sdk.')
  print()
  printHeadings()
  let surprises = 0
  for (const breakage of [healthy, ...breakages]) {
    await breakage.apply(stage.world)
    surprises += countSurprises(await askTwice(stage, breakage), breakage.expected)
    await healthy.apply(stage.world)
    await waitForPrimary(stage.world.sidecar)
  }
  print()
  print(surprises === 0 ? 'Every request went the way the policy says.' : `${surprises} went another way.`)
  return surprises === 0 ? 0 : 1
}

/** Prints a line for each. */
export async function askTwice({ application }: Stage, breakage: Breakage): Promise<readonly [Asked, Asked]> {
  const first = await application.streamWithOpenAi(usualQuestion)
  printAsked(breakage.title, first)
  const second = await application.askWithAnthropic(`Is this new to you? (${breakage.title})`)
  printAsked('', second)
  return [first, second]
}

/** Says and counts what went another way than expected. */
function countSurprises(asked: readonly [Asked, Asked], expected: Breakage['expected']): number {
  const surprises = [findSurprise(asked[0], expected[0]), findSurprise(asked[1], expected[1])].filter(
    surprise => surprise !== undefined,
  )
  for (const surprise of surprises) printSurprise(surprise)
  return surprises.length
}

/** The breaker lets a probe through when its time has come; a good answer closes it. */
async function waitForPrimary(sidecar: Sidecar): Promise<void> {
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Are you back?' }] })
  const ask = async () => {
    const answer = await fetch(`${sidecar.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    await answer.arrayBuffer()
    return readVerdict(answer.headers).hop === 0 ? true : undefined
  }
  await eventually('the primary serves again', ask, (retryAfterSeconds + 5) * 1000)
}
