// Frames for callers that read AWS' binary event stream. The order of the headers is the vendor's.
import { formatFrame } from './aws-event-frame.ts'
import type { JsonObject } from './completion.ts'

export interface AwsEvent {
  readonly name: string
  readonly payload: JsonObject
}

export function writeAwsEvent({ name, payload }: AwsEvent): Uint8Array {
  return formatFrame({
    headers: { ':event-type': name, ':content-type': 'application/json', ':message-type': 'event' },
    payload: JSON.stringify(payload),
  })
}

/** An error in the midst of a stream: clients raise the exception of this name. */
export function writeAwsException({ name, payload }: AwsEvent): Uint8Array {
  return formatFrame({
    headers: { ':exception-type': name, ':content-type': 'application/json', ':message-type': 'exception' },
    payload: JSON.stringify(payload),
  })
}

const nothing = new Uint8Array(0)

export function writeAwsEvents(events: readonly AwsEvent[]): Uint8Array {
  const [first, ...others] = events
  if (first === undefined) return nothing
  return others.length === 0 ? writeAwsEvent(first) : Buffer.concat(events.map(writeAwsEvent))
}
