import { createHash } from 'node:crypto'

/** Deeper data is nothing of ours, and recursion into it would end in a stack overflow. */
const maxDepth = 64

/**
 * JSON with the keys of every object in code-unit order and without fields that are undefined: equal data gives equal text.
 * Lists keep their order.
 * @throws RangeError for data nested more than 64 levels deep, cycles included.
 */
export function canonicalJson(value: unknown): string {
  return write(value, maxDepth)
}

function write(value: unknown, depthLeft: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (depthLeft === 0) throw new RangeError('nested too deeply')
  if (Array.isArray(value)) return `[${value.map(item => write(item, depthLeft - 1)).join(',')}]`
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, field]) => `${JSON.stringify(key)}:${write(field, depthLeft - 1)}`)
  return `{${fields.join(',')}}`
}

/** SHA-256 of the canonical JSON, as 64 hex digits. */
export function contentDigest(value: unknown): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex')
}

/** The digest of a snapshot: over everything in it but the digest itself. */
export function snapshotDigest(snapshot: object): string {
  return contentDigest({ ...snapshot, digest: undefined })
}
