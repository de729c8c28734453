// Log probabilities: the tokens that were chosen, and beside each the ones that might have been. Both ways.
import type { JsonObject, JsonValue, TokenLogprob } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

interface Pair {
  readonly token: string
  readonly logprob: number
}

/** @param result `logprobsResult` of a candidate; undefined when it tells none. */
export function readLogprobs(result: JsonValue | undefined): readonly TokenLogprob[] | undefined {
  const chosen = readPairs(memberOf(result, 'chosenCandidates'))
  if (chosen.length === 0) return undefined
  const tops = memberOf(result, 'topCandidates')
  return chosen.map((pair, index) => {
    const beside = isJsonList(tops) ? readPairs(memberOf(tops[index], 'candidates')) : []
    return beside.length === 0 ? pair : { ...pair, top: beside }
  })
}

function readPairs(list: JsonValue | undefined): readonly Pair[] {
  if (!isJsonList(list)) return []
  return list.filter(isJsonObject).map(({ token, logProbability }) => ({
    token: typeof token === 'string' ? token : '',
    // The wire leaves out zeros, and zero is the logarithm of certainty.
    logprob: numberIn(logProbability) ?? 0,
  }))
}

export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  return {
    chosenCandidates: logprobs.map(writePair),
    topCandidates: logprobs.map(({ top = [] }) => ({ candidates: top.map(writePair) })),
  }
}

function writePair({ token, logprob }: Pair): JsonObject {
  return { token, logProbability: logprob }
}
