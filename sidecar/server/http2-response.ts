import type { OutgoingHttpHeaders } from 'node:http'
import type { ServerHttp2Stream } from 'node:http2'
import type { InboundResponse } from './inbound.ts'

/** Of RFC 9113. Node's own constants would load the module for two numbers. */
const noError = 0
const internalError = 2

/**
 * A response on a stream of HTTP/2. Node's compatibility class is not used: it does not tell that it was destroyed, and
 * a destroyed stream ends there like a good one.
 */
export class Http2Response implements InboundResponse {
  shouldKeepAlive = true
  readonly #stream: ServerHttp2Stream
  #status = 200
  #hasEnded = false

  constructor(stream: ServerHttp2Stream) {
    this.#stream = stream
    // The sender of a body that nobody reads to its end would wait for leave to send the rest.
    stream.once('finish', () => {
      if (!stream.readableEnded && !stream.endAfterHeaders) stream.close(noError)
    })
  }

  get statusCode(): number {
    return this.#status
  }

  get headersSent(): boolean {
    return this.#stream.headersSent
  }

  get destroyed(): boolean {
    return this.#stream.destroyed || this.#stream.closed
  }

  get writableEnded(): boolean {
    return this.#hasEnded
  }

  get writableFinished(): boolean {
    const { writableFinished, rstCode } = this.#stream
    return this.#hasEnded && writableFinished && rstCode === noError
  }

  get writableLength(): number {
    return this.#stream.writableLength
  }

  writeHead(status: number, headers: OutgoingHttpHeaders): void {
    if (this.destroyed) return
    this.#status = status
    this.#stream.respond({ ...headers, ':status': status })
  }

  write(piece: string | Uint8Array, onWritten?: () => void): boolean {
    // The head of an answer to HEAD has closed this side already.
    if (this.destroyed || this.#stream.writableEnded) return true
    return this.#stream.write(bytesOf(piece, 'utf8'), onWritten)
  }

  end(piece: string | Uint8Array = '', encoding: BufferEncoding = 'utf8'): void {
    this.#hasEnded = true
    if (this.destroyed || this.#stream.writableEnded) return
    this.#stream.end(bytesOf(piece, encoding))
  }

  destroy(): void {
    this.#stream.close(internalError)
  }

  once(event: 'close' | 'drain', listener: () => void): void {
    this.#stream.once(event, listener)
  }
}

/** Texts that Node 24.21 encodes for a stream of HTTP/2 by itself reached clients damaged, a few in a hundred streams. */
function bytesOf(piece: string | Uint8Array, encoding: BufferEncoding): Uint8Array {
  return typeof piece === 'string' ? Buffer.from(piece, encoding) : piece
}
