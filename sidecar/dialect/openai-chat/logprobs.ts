// Log probabilities: the tokens that were chosen, and beside each the ones that might have been. Both ways.
import type { JsonObject, JsonValue, TokenLogprob } from '../completion.ts'
import { isJsonList, isJsonObject, memberOf, numberIn } from '../json-value.ts'

type Plain = Omit<TokenLogprob, 'top'>

/** @param logprobs of a choice; [] when it tells none. */
export function readLogprobs(logprobs: JsonValue | undefined): readonly TokenLogprob[] {
  return listIn(memberOf(logprobs, 'content')).map(entry => {
    const top = listIn(entry.top_logprobs).map(readToken)
    return top.length === 0 ? readToken(entry) : { ...readToken(entry), top }
  })
}

function listIn(value: JsonValue | undefined): readonly JsonObject[] {
  return isJsonList(value) ? value.filter(isJsonObject) : []
}

function readToken({ token, logprob, bytes }: JsonObject): Plain {
  return {
    token: typeof token === 'string' ? token : '',
    logprob: numberIn(logprob) ?? 0,
    ...(isJsonList(bytes) && { bytes: bytes.filter(byte => typeof byte === 'number') }),
  }
}

export function writeLogprobs(logprobs: readonly TokenLogprob[]): JsonObject {
  const content = logprobs.map(({ top = [], ...chosen }) => ({
    ...writeToken(chosen),
    top_logprobs: top.map(writeToken),
  }))
  return { content, refusal: null }
}

function writeToken({ token, logprob, bytes }: Plain): JsonObject {
  return { token, logprob, bytes: bytes ?? [...Buffer.from(token)] }
}
