// One frame of AWS' binary event stream: https://smithy.io/2.0/aws/amazon-eventstream.html
// The codec is made for the first frame; the bundle loads its package no earlier (see `lazyPackages` in the build).
import { EventStreamCodec } from '@smithy/eventstream-codec'

export interface AwsFrame {
  /** Headers that are text, which all of a model's stream are; names begin with a colon. */
  readonly headers: Readonly<Record<string, string>>
  readonly payload: string
}

/** Length, length of the headers and their checksum. */
export const preludeBytes = 12
/** A frame without headers and payload: the prelude and the checksum of the whole. */
export const smallestFrameBytes = 16

let madeCodec: EventStreamCodec | undefined

function codec(): EventStreamCodec {
  madeCodec ??= new EventStreamCodec(
    bytes => utf8(typeof bytes === 'string' ? Buffer.from(bytes) : bytes),
    text => Buffer.from(text, 'utf8'),
  )
  return madeCodec
}

function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** @param bytes exactly one frame. Undefined when a checksum is wrong or the headers cannot be read. */
export function parseFrame(bytes: Uint8Array): AwsFrame | undefined {
  try {
    const { headers, body } = codec().decode(bytes)
    const texts: Record<string, string> = {}
    for (const [name, header] of Object.entries(headers)) {
      if (header.type === 'string') texts[name] = header.value
    }
    return { headers: texts, payload: utf8(body) }
  } catch {
    // The codec says why in words that quote the frame; that it is broken is all that matters.
    return undefined
  }
}

export function formatFrame({ headers, payload }: AwsFrame): Uint8Array {
  const tagged = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value } as const])
  return codec().encode({ headers: Object.fromEntries(tagged), body: Buffer.from(payload, 'utf8') })
}
