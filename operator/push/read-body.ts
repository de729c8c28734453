// A body, up to a size.
import type { IncomingMessage } from 'node:http'

export type ReadBody =
  | { readonly kind: 'read'; readonly body: Buffer }
  | { readonly kind: 'tooLong' }
  /** The connection broke before its end. */
  | { readonly kind: 'cut' }

/** Keeps no more than `longest` bytes, and reads not much more than that. */
export async function readBody(request: IncomingMessage, longest: number): Promise<ReadBody> {
  if (Number(request.headers['content-length'] ?? 0) > longest) return { kind: 'tooLong' }
  const chunks: Buffer[] = []
  let length = 0
  try {
    // Leaving the loop must not destroy the socket: the refusal is still to be written.
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      length += chunk.length
      if (length > longest) return { kind: 'tooLong' }
      chunks.push(chunk)
    }
  } catch {
    return { kind: 'cut' }
  }
  return { kind: 'read', body: Buffer.concat(chunks) }
}
