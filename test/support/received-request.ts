// Reads HTTP/1.1 requests from raw socket bytes, one after another on the same connection.

/** A request as it came over the socket. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  /** Lower-case names; a repeated header is joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  /** Request line and headers, byte by byte as latin1, without the blank line. */
  readonly rawHead: string
  /** As much of the body as has come, as UTF-8 text; all of it for a handler that answers whole requests. */
  readonly body: string
  readonly bodyBytes: number
  /** Number of the connection it came on, counted from 1: the same number means a reused connection. */
  readonly connection: number
  /** Resolves when the connection has closed, from whichever side. */
  readonly closedByPeer: Promise<void>
}

export interface RequestListener {
  headRead(request: ReceivedRequest): void
  requestRead(request: ReceivedRequest): void
}

export class RequestReader {
  readonly #connection: Pick<ReceivedRequest, 'connection' | 'closedByPeer'>
  readonly #listener: RequestListener
  #rest: Buffer = Buffer.alloc(0)
  #request: IncomingRequest | undefined

  constructor(connection: Pick<ReceivedRequest, 'connection' | 'closedByPeer'>, listener: RequestListener) {
    this.#connection = connection
    this.#listener = listener
  }

  push(bytes: Buffer): void {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes])
    while (this.#step());
  }

  /** True when there may be more in the bytes at hand. */
  #step(): boolean {
    if (this.#request === undefined) {
      const end = this.#rest.indexOf('\r\n\r\n')
      if (end < 0) return false
      const rawHead = this.#rest.toString('latin1', 0, end)
      this.#rest = this.#rest.subarray(end + 4)
      this.#request = new IncomingRequest(rawHead, this.#connection)
      this.#listener.headRead(this.#request)
    }
    const request = this.#request
    this.#rest = request.take(this.#rest)
    if (!request.isComplete) return false
    this.#request = undefined
    this.#listener.requestRead(request)
    return this.#rest.length > 0
  }
}

class IncomingRequest implements ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly rawHead: string
  readonly connection: number
  readonly closedByPeer: Promise<void>
  readonly #isChunked: boolean
  readonly #pieces: Buffer[] = []
  /** Of the body, or of the chunk that is being read. */
  #missingBytes: number
  #isLastChunk = false
  isComplete = false
  bodyBytes = 0

  constructor(rawHead: string, connection: Pick<ReceivedRequest, 'connection' | 'closedByPeer'>) {
    const [requestLine = '', ...headerLines] = rawHead.split('\r\n')
    const [method = '', path = ''] = requestLine.split(' ')
    this.method = method
    this.path = path
    this.rawHead = rawHead
    this.headers = readHeaders(headerLines)
    this.connection = connection.connection
    this.closedByPeer = connection.closedByPeer
    this.#isChunked = this.headers['transfer-encoding'] === 'chunked'
    this.#missingBytes = this.#isChunked ? 0 : Number(this.headers['content-length'] ?? 0)
  }

  get body(): string {
    return Buffer.concat(this.#pieces).toString()
  }

  /** Takes what belongs to the body and returns the bytes that it leaves. */
  take(bytes: Buffer): Buffer {
    if (this.#isChunked) return this.#takeChunks(bytes)
    const rest = this.#takeMissing(bytes)
    this.isComplete = this.#missingBytes === 0
    return rest
  }

  #takeChunks(bytes: Buffer): Buffer {
    let rest = this.#takeMissing(bytes)
    while (this.#missingBytes === 0 && !this.isComplete) {
      const end = rest.indexOf('\r\n')
      if (end < 0) return rest
      const line = rest.toString('latin1', 0, end)
      // The line break behind a chunk, or behind the last one, reads as an empty line.
      if (line === '' && this.#isLastChunk) this.isComplete = true
      if (line !== '') {
        this.#missingBytes = Number.parseInt(line, 16)
        this.#isLastChunk = this.#missingBytes === 0
      }
      rest = this.#takeMissing(rest.subarray(end + 2))
    }
    return rest
  }

  #takeMissing(bytes: Buffer): Buffer {
    const piece = bytes.subarray(0, this.#missingBytes)
    if (piece.length > 0) this.#pieces.push(piece)
    this.bodyBytes += piece.length
    this.#missingBytes -= piece.length
    return bytes.subarray(piece.length)
  }
}

function readHeaders(lines: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {}
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}
