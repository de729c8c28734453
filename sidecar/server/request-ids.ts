// Request ids as ULIDs: sortable by time, 80 random bits, 26 characters that need no escaping anywhere.
import { randomFillSync } from 'node:crypto'

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const randomCharacters = 16

/** Returns a generator. Randomness is drawn for many ids at once: a system call for each would show on the hot path. */
export function requestIds(wallTime: () => number): () => string {
  const pool = new Uint8Array(randomCharacters * 256)
  let next = pool.length
  let prefix = ''
  let prefixTime = -1
  return () => {
    if (next >= pool.length) {
      randomFillSync(pool)
      next = 0
    }
    const time = wallTime()
    if (time !== prefixTime) {
      prefixTime = time
      prefix = encodeTime(time)
    }
    let id = prefix
    // 32 letters divide 256 evenly, so that a byte modulo 32 is fair.
    for (const end = next + randomCharacters; next < end; next += 1) id += alphabet[(pool[next] ?? 0) & 31]
    return id
  }
}

function encodeTime(time: number): string {
  let rest = Math.floor(time)
  let text = ''
  for (let place = 0; place < 10; place += 1) {
    text = `${alphabet[rest % 32]}${text}`
    rest = Math.floor(rest / 32)
  }
  return text
}
