// Streams whose framing is sound and whose events say anything: what stands in them is changed, how they stand is not.
import { formatFrame, parseFrame, preludeBytes } from '../../sidecar/dialect/aws-event-frame.ts'
import type { JsonValue } from '../../sidecar/dialect/completion.ts'
import type { StreamFraming } from '../../sidecar/dialect/dialect.ts'
import { mutateJson, type Random } from './mutate.ts'
import { parseJson, type StreamSeed } from './targets.ts'

export function mutateEvents({ bytes, framing }: StreamSeed, random: Random): Buffer {
  return mutators[framing](bytes, random)
}

const mutators: Readonly<Record<StreamFraming, (bytes: Buffer, random: Random) => Buffer>> = {
  sse: mutateLines,
  jsonArray: mutateElements,
  awsEventStream: mutateFrames,
}

function mutateLines(bytes: Buffer, random: Random): Buffer {
  const lines = bytes.toString('utf8').split('\n')
  const mutated = lines.map(line => {
    if (!line.startsWith('data: {') || random() < 0.5) return line
    return `data: ${JSON.stringify(mutateJson(parseJson(line.slice('data: '.length)), random))}`
  })
  return Buffer.from(mutated.join('\n'))
}

function mutateElements(bytes: Buffer, random: Random): Buffer {
  return Buffer.from(JSON.stringify(mutateJson(parseJson(bytes.toString('utf8')), random), null, 1))
}

function mutateFrames(bytes: Buffer, random: Random): Buffer {
  const frames: Uint8Array[] = []
  for (let start = 0; start + preludeBytes < bytes.length; ) {
    const end = start + bytes.readUInt32BE(start)
    frames.push(mutateFrame(bytes.subarray(start, end), random))
    start = end
  }
  return Buffer.concat(frames)
}

function mutateFrame(bytes: Uint8Array, random: Random): Uint8Array {
  const frame = parseFrame(bytes)
  if (frame === undefined || random() < 0.5) return bytes
  const payload = mutatePayload(parseJson(frame.payload), random)
  return formatFrame({ headers: frame.headers, payload: JSON.stringify(payload) })
}

/** Bodies of InvokeModel carry the model's own event as base64. */
function mutatePayload(payload: JsonValue, random: Random): JsonValue {
  const inner = innerEvent(payload)
  if (inner === undefined || random() < 0.2) return mutateJson(payload, random)
  const mutated = JSON.stringify(mutateJson(inner, random))
  return { bytes: Buffer.from(mutated).toString('base64') }
}

function innerEvent(payload: JsonValue): JsonValue | undefined {
  if (typeof payload !== 'object' || payload === null || !('bytes' in payload)) return undefined
  const { bytes } = payload
  return typeof bytes === 'string' ? parseJson(Buffer.from(bytes, 'base64').toString('utf8')) : undefined
}
