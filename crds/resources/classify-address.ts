// IP addresses in every spelling that resolvers and URL parsers take, and what kind of place each one names.

/**
 * What an address is good for. `metadata` and `linkLocal` hand out machine credentials, `unspecified`, `multicast` and
 * `reserved` name no single host. `private` covers the ranges of clusters and company networks.
 */
export type AddressKind =
  | 'public'
  | 'private'
  | 'loopback'
  | 'linkLocal'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'reserved'
  | 'notAnAddress'

type Bytes = readonly number[]

interface AddressRange {
  readonly kind: AddressKind
  readonly bytes: Bytes
  readonly prefix: number
}

/** First match wins, so single addresses stand before the ranges around them. */
const ipv4Ranges: readonly AddressRange[] = [
  { kind: 'metadata', bytes: [169, 254, 169, 254], prefix: 32 },
  { kind: 'metadata', bytes: [168, 63, 129, 16], prefix: 32 },
  { kind: 'metadata', bytes: [100, 100, 100, 200], prefix: 32 },
  { kind: 'metadata', bytes: [192, 0, 0, 192], prefix: 32 },
  { kind: 'unspecified', bytes: [0, 0, 0, 0], prefix: 8 },
  { kind: 'loopback', bytes: [127, 0, 0, 0], prefix: 8 },
  { kind: 'linkLocal', bytes: [169, 254, 0, 0], prefix: 16 },
  { kind: 'private', bytes: [10, 0, 0, 0], prefix: 8 },
  { kind: 'private', bytes: [172, 16, 0, 0], prefix: 12 },
  { kind: 'private', bytes: [192, 168, 0, 0], prefix: 16 },
  { kind: 'private', bytes: [100, 64, 0, 0], prefix: 10 },
  { kind: 'multicast', bytes: [224, 0, 0, 0], prefix: 4 },
  { kind: 'reserved', bytes: [240, 0, 0, 0], prefix: 4 },
]

const ipv6Ranges: readonly AddressRange[] = [
  { kind: 'metadata', bytes: [0xfd, 0x00, 0x0e, 0xc2, ...zeros(10), 0x02, 0x54], prefix: 128 },
  { kind: 'metadata', bytes: [0xfd, 0x20, 0x00, 0xce, ...zeros(10), 0x02, 0x54], prefix: 128 },
  { kind: 'unspecified', bytes: zeros(16), prefix: 128 },
  { kind: 'loopback', bytes: [...zeros(15), 1], prefix: 128 },
  { kind: 'linkLocal', bytes: [0xfe, 0x80], prefix: 10 },
  { kind: 'private', bytes: [0xfe, 0xc0], prefix: 10 },
  { kind: 'private', bytes: [0xfc], prefix: 7 },
  { kind: 'multicast', bytes: [0xff], prefix: 8 },
]

/** Addresses that carry an IPv4 address and reach it: mapped, compatible, translated (NAT64) and 6to4. */
const carriers: readonly { readonly bytes: Bytes; readonly prefix: number; readonly at: number }[] = [
  { bytes: [...zeros(10), 0xff, 0xff], prefix: 96, at: 12 },
  { bytes: [...zeros(8), 0xff, 0xff, 0, 0], prefix: 96, at: 12 },
  { bytes: [0x00, 0x64, 0xff, 0x9b, ...zeros(8)], prefix: 96, at: 12 },
  { bytes: [0x00, 0x64, 0xff, 0x9b, 0x00, 0x01], prefix: 48, at: 12 },
  { bytes: [0x20, 0x02], prefix: 16, at: 2 },
]
const compatiblePrefix: Bytes = zeros(12)

/**
 * Names the kind of an IP address as text: dotted, short (`127.1`), decimal, octal or hexadecimal IPv4, any IPv6 with or
 * without brackets and zone, a dot behind it or not. A host name is `notAnAddress`. Pure; resolves nothing.
 */
export function classifyAddress(address: string): AddressKind {
  const text = address.trim().toLowerCase().replace(/\.$/, '')
  const ipv4 = parseIpv4(text)
  if (ipv4 !== undefined) return kindIn(ipv4Ranges, ipv4)
  const ipv6 = parseIpv6(text)
  return ipv6 === undefined ? 'notAnAddress' : classifyIpv6(ipv6)
}

function classifyIpv6(bytes: Bytes): AddressKind {
  const own = kindIn(ipv6Ranges, bytes)
  if (own !== 'public') return own
  const carrier = carriers.find(candidate => isInRange(bytes, candidate))
  if (carrier !== undefined) return kindIn(ipv4Ranges, bytes.slice(carrier.at, carrier.at + 4))
  if (isInRange(bytes, { bytes: compatiblePrefix, prefix: 96 })) return kindIn(ipv4Ranges, bytes.slice(12))
  return 'public'
}

function kindIn(ranges: readonly AddressRange[], bytes: Bytes): AddressKind {
  return ranges.find(range => isInRange(bytes, range))?.kind ?? 'public'
}

function isInRange(bytes: Bytes, range: { readonly bytes: Bytes; readonly prefix: number }): boolean {
  for (let bit = 0; bit < range.prefix; bit += 8) {
    const index = bit / 8
    const kept = Math.min(8, range.prefix - bit)
    const mask = (0xff << (8 - kept)) & 0xff
    if (((bytes[index] ?? 0) & mask) !== ((range.bytes[index] ?? 0) & mask)) return false
  }
  return true
}

/** As `inet_aton` reads it: one to four parts in any of three bases, the last one filling what is left. */
function parseIpv4(text: string): Bytes | undefined {
  const parts = text.split('.')
  if (parts.length > 4) return undefined
  const numbers = parts.map(parseIpv4Part)
  let value = 0
  for (const [index, part] of numbers.entries()) {
    if (part === undefined) return undefined
    const isLast = index === numbers.length - 1
    if (!isLast && part > 0xff) return undefined
    const width = isLast ? 4 - index : 1
    if (part >= 256 ** width) return undefined
    value = value * 256 ** width + part
  }
  return [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) & 0xff)
}

function parseIpv4Part(part: string): number | undefined {
  if (/^0x[0-9a-f]{0,16}$/.test(part)) return part === '0x' ? 0 : Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]{1,22}$/.test(part)) return Number.parseInt(part, 8)
  return /^[0-9]{1,20}$/.test(part) ? Number.parseInt(part, 10) : undefined
}

function parseIpv6(text: string): Bytes | undefined {
  const bare = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '')
  if (!bare.includes(':') || bare.length > 64) return undefined
  const halves = bare.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0] ?? '', halves.length === 1)
  if (head === undefined) return undefined
  if (halves.length === 1) return head.length === 16 ? head : undefined
  const tail = parseGroups(halves[1] ?? '', true)
  if (tail === undefined) return undefined
  const gap = 16 - head.length - tail.length
  return gap < 2 ? undefined : [...head, ...zeros(gap), ...tail]
}

function parseGroups(text: string, mayEndInIpv4: boolean): Bytes | undefined {
  if (text === '') return []
  const bytes: number[] = []
  const groups = text.split(':')
  for (const [index, group] of groups.entries()) {
    if (mayEndInIpv4 && index === groups.length - 1 && group.includes('.')) {
      const embedded = parseIpv4(group)
      if (embedded === undefined) return undefined
      bytes.push(...embedded)
    } else if (/^[0-9a-f]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16)
      bytes.push(value >> 8, value & 0xff)
    } else {
      return undefined
    }
  }
  return bytes
}

function zeros(count: number): number[] {
  return new Array<number>(count).fill(0)
}
