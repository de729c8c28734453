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

/** SHA-256 over the parts, each with its length before it, so that no part can reach into its neighbour. */
export function cacheKey(parts: CacheKeyParts): string {
  const tenant = parts.tenant === undefined ? ['none', ''] : ['named', parts.tenant]
  const fields = [
    ...tenant,
    parts.policyNamespace,
    parts.policyName,
    parts.route,
    parts.format,
    parts.contentDigest,
  ]
  const text = fields.map(field => `${field.length}:${field}`).join('')
  // UTF-16, because UTF-8 would write every lone surrogate as the same bytes.
  return hash('sha256', Buffer.from(text, 'utf16le'), 'base64')
}
