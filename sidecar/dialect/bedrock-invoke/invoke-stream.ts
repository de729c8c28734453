// Events of the Anthropic format inside frames: each is the base64 of its JSON.
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts'
import { exceptionPrefix } from '../aws-event-stream-reader.ts'
import { type AwsEvent, writeAwsEvents, writeAwsException } from '../aws-event-stream-writer.ts'
import { decodeException } from '../bedrock-converse/decode-exception.ts'
import { encodeError, streamExceptionName } from '../bedrock-converse/encode-error.ts'
import type { JsonObject, StreamPart } from '../completion.ts'
import type { EncodeStreamOptions, SseEvent, StreamDecoder, StreamEncoder } from '../dialect.ts'
import { isJsonObject, parseLeniently } from '../json-value.ts'

/** Counters that the service adds to the last event, whoever made the model. */
const lastEventMember = 'amazon-bedrock-invocationMetrics'

export function decodeStream(): StreamDecoder {
  const inner = anthropicMessages.decodeStream()
  return { decode: event => decodeFrame(inner, event) }
}

function decodeFrame(inner: StreamDecoder, { event, data }: SseEvent): readonly StreamPart[] | undefined {
  const payload = parseLeniently(data)
  if (!isJsonObject(payload)) return undefined
  if (event?.startsWith(exceptionPrefix)) return decodeException(payload, event.slice(exceptionPrefix.length))
  if (event !== 'chunk') return []
  const { bytes } = payload
  if (typeof bytes !== 'string') return undefined
  const text = Buffer.from(bytes, 'base64').toString('utf8')
  const content = parseLeniently(text)
  if (!isJsonObject(content)) return undefined
  return typeof content['type'] === 'string' ? inner.decode({ data: text }) : decodeForeign(content)
}

/** A model of another vendor: its answer is passed on unread, and has to have an end. */
function decodeForeign(content: JsonObject): readonly StreamPart[] {
  const parts: StreamPart[] = [{ kind: 'other', choice: 0, itemKind: 'invoke' }]
  if (!isJsonObject(content[lastEventMember])) return parts
  return [...parts, { kind: 'finish', choice: 0, finish: 'stop', vendorFinish: '' }, { kind: 'end' }]
}

export function encodeStream(options: EncodeStreamOptions): StreamEncoder {
  const inner = anthropicMessages.encodeStream(options)
  return {
    encode: part => writeAwsEvents(chunksOf(inner.encode(part))),
    encodeError: error => {
      const { message } = encodeError(error)
      return writeAwsException({ name: streamExceptionName(error), payload: { message: message ?? '' } })
    },
  }
}

/** One chunk for each event that was written as lines. */
function chunksOf(written: string | Uint8Array): readonly AwsEvent[] {
  const text = typeof written === 'string' ? written : Buffer.from(written).toString('utf8')
  const data = text.split('\n').filter(line => line.startsWith(dataMark))
  return data.map(line => ({
    name: 'chunk',
    payload: { bytes: Buffer.from(line.slice(dataMark.length)).toString('base64') },
  }))
}

const dataMark = 'data: '
