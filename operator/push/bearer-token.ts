// The token of a request, read strictly. Nothing keeps it: what a stream may say, its review has decided.

/** Projected tokens have one to two thousand characters. */
const longestToken = 8 * 1024
const bearer = /^Bearer +([A-Za-z0-9\-._~+/]+=*)$/i

/** The token of an `authorization` header, or undefined where none stands that could be one. */
export function readBearerToken(authorization: string | undefined): string | undefined {
  if (authorization === undefined || authorization.length > longestToken) return undefined
  return bearer.exec(authorization)?.[1]
}
