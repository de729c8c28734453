// A request and its response, as far as this room uses them: what HTTP/1.1 and HTTP/2 have in common.
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

export interface InboundRequest extends Readable {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly httpVersion: string
  readonly headers: IncomingHttpHeaders
  /** Names and values in turn. In HTTP/2 with the pseudo headers. */
  readonly rawHeaders: readonly string[]
  /** The body has come in full. */
  readonly complete: boolean
  /** The connection; in HTTP/2 what stands for it: each request has one of its own. */
  readonly socket: Socket
  /** HTTP/2 only. */
  readonly stream?: { readonly endAfterHeaders: boolean; readonly closed: boolean }
}

export interface InboundResponse {
  /** Means nothing in HTTP/2, where no answer ends a connection. */
  shouldKeepAlive: boolean
  readonly statusCode: number
  readonly headersSent: boolean
  readonly destroyed: boolean
  /** The last byte has been handed over. */
  readonly writableEnded: boolean
  /** The last byte has left. */
  readonly writableFinished: boolean
  /** Bytes that wait for the reader. */
  readonly writableLength: number
  /** Sends an interim answer: 100. Absent in HTTP/2, whose server sends it by itself. */
  writeContinue?(): unknown
  writeHead(status: number, headers: OutgoingHttpHeaders): unknown
  /**
   * @param onWritten called once the piece has left.
   * @returns false when the reader is behind: `drain` follows.
   */
  write(piece: string | Uint8Array, onWritten?: () => void): boolean
  end(): unknown
  end(piece: string | Uint8Array): unknown
  end(piece: string, encoding: BufferEncoding): unknown
  /** Breaks the answer off, so that no client takes it for a whole one. */
  destroy(): unknown
  once(event: 'close' | 'drain', listener: () => void): unknown
}

export type InboundHandle = (request: InboundRequest, response: InboundResponse) => void
