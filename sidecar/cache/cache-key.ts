import { hash } from 'node:crypto'

/** What an answer belongs to. Two requests share an answer only when all of this is the same. */
export interface CacheKeyParts {
  /** Absent when the policy names no tenant, which is not the same as an empty one. */
  readonly tenant?: string
  readonly policyNamespace: string
  readonly policyName: string
  readonly route: string
  /** The caller's wire format. */
  readonly format: string
  /** Canonical digest of what determines the answer. */
  readonly contentDigest: string
}

/** Longer ones, whose tenant is a long text, are replaced by their digest. */
const longestPlainKey = 512

/** The parts, each with its length before it, so that no part can reach into its neighbour. */
export function cacheKey(parts: CacheKeyParts): string {
  const { tenant, policyNamespace, policyName, route, format, contentDigest } = parts
  const owner = tenant === undefined ? 'none' : `named${framed(tenant)}`
  const place = framed(policyNamespace) + framed(policyName) + framed(route)
  const text = owner + place + framed(format) + framed(contentDigest)
  // UTF-16, because UTF-8 would write every lone surrogate as the same bytes.
  return text.length <= longestPlainKey ? text : hash('sha256', Buffer.from(text, 'utf16le'), 'base64')
}

function framed(part: string): string {
  return `${part.length}:${part}`
}
