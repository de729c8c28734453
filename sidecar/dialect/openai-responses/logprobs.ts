// Log probabilities of tokens, both ways.
import type { JsonObject, JsonValue, TokenLogprob } from '../completion.ts'
import { isJsonList, isJsonObject, numberIn } from '../json-value.ts'

export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] {
  if (!isJsonList(value)) return []
  return value.filter(isJsonObject).flatMap(entry => {
    const token = readToken(entry)
    if (token === undefined) return []
    const top = isJsonList(entry.top_logprobs) ? entry.top_logprobs.filter(isJsonObject) : []
    return [{ ...token, ...(top.length > 0 && { top: top.flatMap(one => readToken(one) ?? []) }) }]
  })
}

function readToken(entry: JsonObject): Omit<TokenLogprob, 'top'> | undefined {
  const { token, bytes } = entry
  const logprob = numberIn(entry.logprob)
  if (typeof token !== 'string' || logprob === undefined) return undefined
  const octets = isJsonList(bytes) ? bytes.flatMap(byte => numberIn(byte) ?? []) : undefined
  return { token, logprob, ...(octets !== undefined && { bytes: octets }) }
}

/** With bytes and alternatives always: clients take an entry without them for a broken one. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): readonly JsonObject[] {
  return logprobs.map(entry => ({ ...writeToken(entry), top_logprobs: (entry.top ?? []).map(writeToken) }))
}

function writeToken({ token, logprob, bytes }: Omit<TokenLogprob, 'top'>): JsonObject {
  return { token, logprob, bytes: bytes ?? [...Buffer.from(token)] }
}
