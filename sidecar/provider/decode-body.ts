// We ask providers for plain bytes. One that compresses all the same is understood, within bounds: a small answer that
// unpacks to a flood is an attack or a mistake, and either way no answer.
import type { Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import type { BodyConsumer, UpstreamBody } from '../chain/ports.ts'
import type { Failure } from '../failure/failure.ts'

export type DecodedBody =
  | { readonly kind: 'decoded'; readonly body: UpstreamBody }
  | { readonly kind: 'refused'; readonly failure: Failure }

/** Beyond this many unpacked bytes for each packed one nothing honest is left. */
const maxRatio = 200
/** Small answers may be as compressible as they like. */
const ratioCountsFromBytes = 1024 * 1024

export function decodeBody(body: UpstreamBody, coding: string | undefined, maxBytes: number): DecodedBody {
  if (coding === undefined || coding === '' || coding === 'identity') return { kind: 'decoded', body }
  const unpack = unpackerOf(coding.trim().toLowerCase())
  if (unpack === undefined) {
    return {
      kind: 'refused',
      failure: { kind: 'InvalidResponse', detail: 'the content coding of the answer is unknown' },
    }
  }
  return { kind: 'decoded', body: new UnpackedBody(body, unpack, maxBytes) }
}

function unpackerOf(coding: string): (() => Transform) | undefined {
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip
    case 'deflate':
      return createInflate
    case 'br':
      return createBrotliDecompress
    case 'zstd':
      return createZstdDecompress
    default:
      return undefined
  }
}

class UnpackedBody implements UpstreamBody {
  readonly #packed: UpstreamBody
  readonly #unpack: () => Transform
  readonly #maxBytes: number
  #stream: Transform | undefined
  #packedBytes = 0
  #unpackedBytes = 0
  #isOver = false

  constructor(packed: UpstreamBody, unpack: () => Transform, maxBytes: number) {
    this.#packed = packed
    this.#unpack = unpack
    this.#maxBytes = maxBytes
  }

  consume(consumer: BodyConsumer): void {
    const stream = this.#unpack()
    this.#stream = stream
    stream.on('data', (chunk: Buffer) => this.#unpacked(chunk, consumer))
    stream.on('end', () => this.#finish(() => consumer.end()))
    stream.on('error', () => this.#fail(consumer, 'the compressed answer cannot be unpacked'))
    stream.on('drain', () => this.#packed.resume())
    this.#packed.consume({
      data: chunk => {
        this.#packedBytes += chunk.length
        if (!this.#isOver && !stream.write(chunk)) this.#packed.pause()
      },
      end: () => stream.end(),
      error: failure => {
        stream.destroy()
        this.#finish(() => consumer.error(failure))
      },
    })
  }

  pause(): void {
    this.#stream?.pause()
  }

  resume(): void {
    this.#stream?.resume()
  }

  abort(): void {
    this.#isOver = true
    this.#packed.abort()
    this.#stream?.destroy()
  }

  #unpacked(chunk: Buffer, consumer: BodyConsumer): void {
    if (this.#isOver) return
    this.#unpackedBytes += chunk.length
    const isBomb =
      this.#unpackedBytes > ratioCountsFromBytes && this.#unpackedBytes > this.#packedBytes * maxRatio
    if (isBomb || this.#unpackedBytes > this.#maxBytes)
      return this.#fail(consumer, 'the compressed answer unpacks to too much')
    consumer.data(chunk)
  }

  #fail(consumer: BodyConsumer, detail: string): void {
    this.#finish(() => consumer.error({ kind: 'InvalidResponse', detail }))
    this.#packed.abort()
    this.#stream?.destroy()
  }

  #finish(tell: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    tell()
  }
}
