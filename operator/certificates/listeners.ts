import type { Cancel } from '../reconcile/ports.ts'

/** Those who want to be told, in the order in which they asked. */
export interface Listeners {
  add(listener: () => void): Cancel
  tell(): void
}

export function createListeners(): Listeners {
  const listeners = new Set<() => void>()
  return {
    add(listener) {
      // The same function may listen twice.
      const own = () => listener()
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    tell() {
      for (const listener of [...listeners]) listener()
    },
  }
}
