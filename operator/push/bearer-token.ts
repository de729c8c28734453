// The token of a request: read strictly, kept as a digest only.
import { createHash, timingSafeEqual } from 'node:crypto'

/** Projected tokens have one to two thousand characters. */
const longestToken = 8 * 1024
const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The token of an `authorization` header, or undefined where none stands that could be one. */
export function readBearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > longestToken) return undefined
  return bearer.exec(authorization)?.[1]
}

/** Stands for the token while its stream lives: 32 bytes as a string, which takes less room than a buffer. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token).digest().toString('latin1')
}

/** What an unknown stream is compared with, so that an unknown one takes as long as a wrong token. */
const digestOfNone = '\0'.repeat(32)

export function isTokenOf(token: string, digest: string | undefined): boolean {
  const expected = Buffer.from(digest ?? digestOfNone, 'latin1')
  const isEqual = timingSafeEqual(Buffer.from(tokenDigest(token), 'latin1'), expected)
  return isEqual && digest !== undefined
}
