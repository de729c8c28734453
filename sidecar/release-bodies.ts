// Gives the memory of large prompts back soon. The engine frees buffers when it collects, and collects for their sake once 64 MiB
// of them wait: then in full, through the whole heap. Prompts die young, so a young collection does it for a tenth of the time.
import type { ChainListener } from './chain/events.ts'

/** Bytes; smaller bodies go with the collections that are due anyway. */
const large = 64 * 1024
const mostWaiting = 8 * 1024 * 1024

/** @param collect a young collection of about a millisecond. Absent: the engine's, where it lends it (`--expose-gc`). */
export function releaseLargeBodies(collect: () => void = collectYoung): ChainListener {
  let waiting = 0
  return event => {
    if (event.kind !== 'requestEnded' || event.requestBytes < large) return
    waiting += event.requestBytes
    if (waiting < mostWaiting) return
    waiting = 0
    collect()
  }
}

function collectYoung(): void {
  globalThis.gc?.({ type: 'minor', execution: 'sync' })
}
