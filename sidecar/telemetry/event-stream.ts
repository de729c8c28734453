// The walk's events on their way to whoever listens. They are told a few milliseconds later and several requests at a time:
// no request waits for it, and the code that counts and writes them down is called in a row instead of once a request,
// each time from a cold processor cache.
import type { ChainEvent, ChainListener } from '../chain/events.ts'
import type { Clock } from '../resilience/clock.ts'

/** Milliseconds from an event to its telling. */
const gatherMs = 5
/** Events that wait at most; the next one is told with them at once. */
const mostWaiting = 256

export interface EventStreamParts {
  readonly clock: Pick<Clock, 'schedule'>
  /** A listener has thrown: the others and later events are told all the same. */
  onTrouble(error: unknown): void
}

export interface EventStream {
  readonly emit: ChainListener
  /** Metrics join when the things they measure exist. */
  addListener(listener: ChainListener): void
  /** Tells what waits: before somebody reads a listener's sums, before names change, before the end. */
  flush(): void
}

export function createEventStream({ clock, onTrouble }: EventStreamParts): EventStream {
  const listeners: ChainListener[] = []
  let waiting: ChainEvent[] = []

  const flush = () => {
    const events = waiting
    waiting = []
    for (const listener of listeners) for (const event of events) tell(listener, event)
  }
  const tell = (listener: ChainListener, event: ChainEvent) => {
    try {
      listener(event)
    } catch (error) {
      onTrouble(error)
    }
  }
  return {
    emit(event) {
      if (waiting.push(event) === 1) clock.schedule(gatherMs, flush)
      else if (waiting.length >= mostWaiting) flush()
    },
    addListener: listener => void listeners.push(listener),
    flush,
  }
}
