// Tool-call ids of another vendor's making, fitted to what chat servers accept. One mapping per request: a call and its
// result always get the same id, two calls never share one, and equal histories give equal ids on every turn.
import { createHash } from 'node:crypto'

export type CallIdMapper = (id: string) => string

/** What passes every known chat server; the documented limit is 40 characters. */
const common = /^[a-zA-Z0-9_-]{1,40}$/
const nineCharacters = /^[a-zA-Z0-9]{9}$/

export function createCallIdMapper(shape: 'common' | 'nineCharacters'): CallIdMapper {
  const valid = shape === 'common' ? common : nineCharacters
  const mapped = new Map<string, string>()
  const taken = new Set<string>()
  return id => {
    const known = mapped.get(id)
    if (known !== undefined) return known
    let fitted = valid.test(id) ? id : shortened(id, shape, 0)
    for (let salt = 1; taken.has(fitted); salt += 1) fitted = shortened(id, shape, salt)
    mapped.set(id, fitted)
    taken.add(fitted)
    return fitted
  }
}

function shortened(id: string, shape: 'common' | 'nineCharacters', salt: number): string {
  const digest = createHash('sha256').update(`${salt}:${id}`).digest('hex')
  return shape === 'common' ? `call_${digest.slice(0, 24)}` : digest.slice(0, 9)
}
