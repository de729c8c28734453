import { RequestRejected } from '../dialect/request-rejected.ts'
import type { Exchange } from './exchange.ts'

/**
 * All bytes of a request body, or undefined when its sender went away.
 * @throws RequestRejected 413 as soon as it is known that there are more than `maxBytes`.
 */
export function readBody(exchange: Exchange, maxBytes: number): Promise<Buffer | undefined> {
  const { request } = exchange
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > maxBytes) return Promise.reject(tooLarge(maxBytes))
  exchange.inviteBody()
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= maxBytes) return
      request.removeListener('data', take)
      chunks.length = 0
      reject(tooLarge(maxBytes))
    }
    request.on('data', take)
    request.once('end', () => {
      // In HTTP/2 a body that was taken back, or given up by us, ends too.
      if (request.stream?.closed === true) return resolve(undefined)
      const [only] = chunks
      const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size)
      // The request, and with it this listener, lives until the answer has ended: it must not hold the body twice.
      chunks.length = 0
      resolve(body)
    })
    // After `end` these settle nothing any more.
    request.once('error', () => resolve(undefined))
    request.once('close', () => resolve(undefined))
  })
}

function tooLarge(maxBytes: number): RequestRejected {
  return new RequestRejected(413, 'body_too_large', `the request body is larger than ${maxBytes} bytes`)
}
