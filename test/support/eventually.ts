// Waiting for something that another process does: looks again and again instead of guessing how long it takes.
import { setTimeout as sleep } from 'node:timers/promises'

const lookEveryMs = 20

/**
 * The first value other than undefined that `look` returns.
 * @throws Error naming `what` when nothing came within `withinMs`.
 */
export async function eventually<Value>(
  what: string,
  look: () => Promise<Value | undefined> | Value | undefined,
  withinMs = 10_000,
): Promise<Value> {
  const givesUpAt = performance.now() + withinMs
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    if (performance.now() > givesUpAt) throw new Error(`waited ${withinMs} ms in vain: ${what}`)
    await sleep(lookEveryMs)
  }
}
