// Reads HTTP/1.1 requests off a socket with as little work as possible: the stub must never be the bottleneck.
import type { Socket } from 'node:net'

export interface PlainRequest {
  /** Request line and headers. */
  readonly head: string
  /** The first bytes of the body, enough to find the model and the stream flag. */
  readonly bodyStart: string
}

const headEnd = Buffer.from('\r\n\r\n')
const keptBodyBytes = 4096

/** @param onRequest called when a body is complete. Bodies need a `content-length`. */
export function readRequests(socket: Socket, onRequest: (request: PlainRequest) => void): void {
  let pending: Buffer | undefined
  let head = ''
  let bodyStart = ''
  let missing = -1

  const takeBody = (bytes: Buffer): Buffer => {
    const part = bytes.length > missing ? bytes.subarray(0, missing) : bytes
    if (bodyStart.length < keptBodyBytes) bodyStart += part.toString('latin1', 0, keptBodyBytes)
    missing -= part.length
    if (missing === 0) {
      missing = -1
      onRequest({ head, bodyStart })
    }
    return bytes.subarray(part.length)
  }
  const takeHead = (bytes: Buffer): Buffer | undefined => {
    const end = bytes.indexOf(headEnd)
    if (end === -1) return undefined
    head = bytes.toString('latin1', 0, end)
    bodyStart = ''
    missing = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0)
    return takeBody(bytes.subarray(end + headEnd.length))
  }

  socket.on('data', chunk => {
    let bytes: Buffer = pending === undefined ? chunk : Buffer.concat([pending, chunk])
    pending = undefined
    while (bytes.length > 0) {
      const rest = missing >= 0 ? takeBody(bytes) : takeHead(bytes)
      if (rest === undefined) {
        pending = bytes
        return
      }
      bytes = rest
    }
  })
  socket.on('error', () => socket.destroy())
}
