// How a client that speaks HTTP/2 from the first byte comes to light: the parser of HTTP/1.1 stops at its preface.
import type { Socket } from 'node:net'

/** What every such connection begins with. */
const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

/**
 * All that a connection has sent, if it is one of HTTP/2; undefined for every other failure of the parser, and for a
 * preface that comes after requests of HTTP/1.1: nobody changes the protocol in the middle but to smuggle.
 */
export function readHttp2Opening(error: Error, bytesRead: number): Buffer | undefined {
  if (!('code' in error) || error.code !== 'HPE_PAUSED_H2_UPGRADE') return undefined
  if (!('rawPacket' in error) || !Buffer.isBuffer(error.rawPacket)) return undefined
  // What came in packets before this one can only have been the preface's beginning.
  const earlier = bytesRead - error.rawPacket.length
  if (earlier < 0 || earlier >= preface.length) return undefined
  const opening = Buffer.concat([preface.subarray(0, earlier), error.rawPacket])
  return opening.subarray(0, preface.length).equals(preface) ? opening : undefined
}

/**
 * Ends the parser's hold on a connection and leaves it paused. `close` stays: by it the parser is given back and the
 * connection is no longer counted.
 */
export function releaseFromParser(socket: Socket): void {
  // The parser reads past the socket. It lets go as soon as somebody else wants to read.
  socket.on('data', () => undefined)
  for (const event of ['data', 'end', 'drain', 'timeout']) socket.removeAllListeners(event)
  socket.pause()
  // HTTP/1.1 still answers a client that has closed its side. Here it has gone, with all that it asked.
  socket.allowHalfOpen = false
}
