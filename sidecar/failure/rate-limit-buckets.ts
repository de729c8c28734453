// The rate-limit headers of a provider, one bucket per dimension (requests, tokens, input-tokens …).

export interface RateLimitBucket {
  /** '' where the provider has only one. */
  readonly dimension: string
  readonly limit?: number
  readonly remaining?: number
  /** As the provider wrote it; its meaning depends on the family. */
  readonly reset?: string
  readonly family: 'x-ratelimit' | 'ratelimit' | 'anthropic-ratelimit'
}

type Headers = Readonly<Record<string, string>>

/** `x-ratelimit-remaining-tokens` against `anthropic-ratelimit-tokens-remaining`. */
export function readBuckets(headers: Headers): readonly RateLimitBucket[] {
  const dimensions = new Map<string, { family: RateLimitBucket['family']; dimension: string }>()
  for (const name of Object.keys(headers)) {
    const found = generalName.exec(name) ?? anthropicName.exec(name)
    if (found === null) continue
    const family = familyOf(name)
    const dimension = found.groups?.['dimension'] ?? ''
    dimensions.set(`${family}/${dimension}`, { family, dimension })
  }
  const buckets = [...dimensions.values()].map(({ family, dimension }) =>
    readBucket(headers, family, dimension),
  )
  return [...buckets, ...readStructured(headers['ratelimit'])]
}

function familyOf(name: string): RateLimitBucket['family'] {
  if (name.startsWith('x-')) return 'x-ratelimit'
  return name.startsWith('anthropic-') ? 'anthropic-ratelimit' : 'ratelimit'
}

/** With `x-` in front, or without as the drafts of the IETF have it. */
const generalName = /^(?:x-)?ratelimit-(?:limit|remaining|reset)(?:-(?<dimension>.+))?$/
const anthropicName = /^anthropic-ratelimit-(?<dimension>.+)-(?:limit|remaining|reset)$/

function readBucket(headers: Headers, family: RateLimitBucket['family'], dimension: string): RateLimitBucket {
  const value = (what: string) => {
    const suffix = dimension === '' ? '' : `-${dimension}`
    const name =
      family === 'anthropic-ratelimit' ? `${family}-${dimension}-${what}` : `${family}-${what}${suffix}`
    return firstToken(headers[name])
  }
  const [limit, remaining, reset] = [number(value('limit')), number(value('remaining')), value('reset')]
  return {
    family,
    dimension,
    ...(limit !== undefined && { limit }),
    ...(remaining !== undefined && { remaining }),
    ...(reset !== undefined && { reset }),
  }
}

/** A later draft puts every bucket into one header: `"api";r=0;t=12`, what remains and the seconds until it is full. */
function readStructured(value: string | undefined): readonly RateLimitBucket[] {
  return (value ?? '').split(',').flatMap((bucket): readonly RateLimitBucket[] => {
    const remaining = number(/;\s*r=(\d{1,15})\b/.exec(bucket)?.[1])
    const reset = /;\s*t=(\d{1,15})\b/.exec(bucket)?.[1]
    if (remaining === undefined || reset === undefined) return []
    return [{ family: 'ratelimit', dimension: '', remaining, reset }]
  })
}

/** Proxies join a repeated header, sometimes with a foreign value behind the comma. */
export function firstToken(value: string | undefined): string | undefined {
  return value?.split(',', 1)[0]?.trim()
}

function number(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** Every bucket of tokens is (all but) full, so it cannot be what the request has to wait for. */
export function tokenBucketsAreFull(headers: Headers): boolean {
  const buckets = readBuckets(headers).filter(bucket => bucket.dimension.includes('tokens'))
  return buckets.length > 0 && buckets.every(isFull)
}

/** Other requests of the same moment take a little. */
const fullShare = 0.95

function isFull({ limit, remaining }: RateLimitBucket): boolean {
  return limit !== undefined && remaining !== undefined && limit > 0 && remaining >= limit * fullShare
}
