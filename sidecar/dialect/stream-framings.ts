// The ways in which a stream can stand on the wire: its content type, and who reads it.
import type { StreamReader } from '../chain/ports.ts'
import { AwsEventStreamReader } from './aws-event-stream-reader.ts'
import type { Dialect, StreamFraming } from './dialect.ts'
import { JsonArrayReader } from './json-array-reader.ts'
import { EventStreamReader } from './read-event-stream.ts'

/** Without parameters; what an answer names is compared with its beginning. */
export const streamTypes: Readonly<Record<StreamFraming, string>> = {
  sse: 'text/event-stream',
  jsonArray: 'application/json',
  awsEventStream: 'application/vnd.amazon.eventstream',
}

/** A fresh reader of one stream of this format. */
export function openStreamReader(framing: StreamFraming, dialect: Dialect): StreamReader {
  switch (framing) {
    case 'sse':
      return new EventStreamReader(dialect)
    case 'jsonArray':
      return new JsonArrayReader(dialect.decodeStream())
    case 'awsEventStream':
      return new AwsEventStreamReader(dialect.decodeStream())
  }
}
