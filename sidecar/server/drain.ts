// The end of a process, told to its callers as late and as kindly as the time allows.
import type { Clock } from '../resilience/clock.ts'
import type { ExchangeRegister } from './exchange.ts'

export interface DrainParts {
  readonly withinMs: number
  readonly register: ExchangeRegister
  readonly clock: Clock
  /** New connections are refused from now on. */
  stopAccepting(): void
  /** What is left is told goodbye; new requests on open connections are refused. */
  sayFarewell(): void
}

/** Nothing to do for this long: whoever used us has stopped. */
const quietMs = 500
const lookEveryMs = 25

/**
 * Work is accepted until all is quiet, or three quarters of the time are over: the program next door may be ending too,
 * and still needs answers for that. Shortly before the time is up every answer under way gets its dialect's error.
 */
export async function drainExchanges(parts: DrainParts): Promise<void> {
  const { withinMs, register, clock } = parts
  const startedAt = clock.now()
  const farewellAt = withinMs - Math.min(1_000, withinMs / 5)
  let accepts = true
  let hasSaidFarewell = false
  register.stopKeepingAlive()
  for (;;) {
    const elapsed = clock.now() - startedAt
    if (accepts && (register.idleMs() >= quietMs || elapsed >= withinMs * 0.75)) {
      accepts = false
      parts.stopAccepting()
    }
    if (!accepts && register.size === 0) return
    if (!hasSaidFarewell && elapsed >= farewellAt) {
      hasSaidFarewell = true
      parts.sayFarewell()
    }
    if (elapsed >= withinMs) return
    await new Promise<void>(resolve => {
      clock.schedule(lookEveryMs, resolve)
    })
  }
}
