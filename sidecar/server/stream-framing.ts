import type { SseEvent } from '../dialect/dialect.ts'

/** One event as it goes over the wire. Data of several lines takes several `data:` lines. */
export function frameEvent(event: string | undefined, data: string): string {
  const payload = data.includes('\n') ? data.replaceAll('\n', '\ndata: ') : data
  return event === undefined ? `data: ${payload}\n\n` : `event: ${event}\ndata: ${payload}\n\n`
}

/** Reads back what `frameEvent` wrote. Not a parser for strangers' streams. */
export function readFrames(text: string): readonly SseEvent[] {
  const events: SseEvent[] = []
  for (const frame of text.split('\n\n')) {
    const lines = frame.split('\n')
    const data = lines.filter(line => line.startsWith('data: ')).map(line => line.slice(6))
    const event = lines.find(line => line.startsWith('event: '))?.slice(7)
    if (data.length > 0) events.push({ data: data.join('\n'), ...(event !== undefined && { event }) })
  }
  return events
}
