import type { RequestFacts } from './completion.ts'
import type { CallerFormat } from './dialect.ts'
import type { ParsedBody } from './parse-body.ts'

/** What a request needs and how large it is, without turning its long texts into strings. */
export function readBodyFacts(dialect: Pick<CallerFormat, 'readFacts'>, body: ParsedBody): RequestFacts {
  const facts = dialect.readFacts(body.head)
  if (body.omittedCharacters === 0) return facts
  return { ...facts, textCharacters: facts.textCharacters + body.omittedCharacters }
}
