// Cohere gives the log probabilities of a piece of text, one for each of its tokens, without the tokens' own texts and
// without the alternatives. Both ways.
import type { JsonObject, JsonValue, TokenLogprob } from '../completion.ts'
import { isJsonList, isJsonObject, numberIn } from '../json-value.ts'

/** A piece of several tokens counts as one token, with the probability of the whole piece. */
export function readLogprobs(value: JsonValue | undefined): readonly TokenLogprob[] {
  const items = isJsonList(value) ? value : [value ?? null]
  return items.filter(isJsonObject).flatMap(item => {
    const logprobs = isJsonList(item.logprobs) ? item.logprobs.map(numberIn) : []
    const known = logprobs.filter(logprob => logprob !== undefined)
    if (known.length === 0 || typeof item.text !== 'string') return []
    return [{ token: item.text, logprob: known.reduce((sum, logprob) => sum + logprob, 0) }]
  })
}

/** Token ids are of the vendor's own tokenizer: a foreign token has none. */
export function writeLogprobs(logprobs: readonly TokenLogprob[]): readonly JsonObject[] {
  return logprobs.map(({ token, logprob }) => ({ text: token, token_ids: [], logprobs: [logprob] }))
}
