// Where a provider may be: the rules for `spec.endpoint`, and for the address that its host turns out to have.
import { type AddressKind, classifyAddress } from './classify-address.ts'
import { isLongerThan } from './text-length.ts'

export { type AddressKind, classifyAddress }

/** The longest endpoint that a resource may hold. */
export const maxEndpointLength = 2048

export type EndpointReading =
  /** `url` has no trailing slash; `host` is in the spelling of the URL standard, IPv6 in brackets. */
  | { readonly kind: 'endpoint'; readonly url: string; readonly host: string }
  /** `message` says what is expected and never repeats the text, which may hold a credential. */
  | { readonly kind: 'refused'; readonly message: string }

const neverProviders: ReadonlySet<AddressKind> = new Set([
  'linkLocal',
  'metadata',
  'unspecified',
  'multicast',
  'reserved',
])

/** Names behind which clouds keep their metadata service, and the API server, which holds every Secret. */
export const neverProviderNames: ReadonlySet<string> = new Set([
  'metadata',
  'metadata.goog',
  'metadata.google.internal',
  'instance-data',
  'instance-data.ec2.internal',
  'kubernetes',
  'kubernetes.default',
  'kubernetes.default.svc',
  'kubernetes.default.svc.cluster.local',
])

/** Reads a base URL as a person wrote it. Pure; resolves nothing. */
export function readEndpoint(text: string): EndpointReading {
  if (isLongerThan(text, maxEndpointLength)) return refused(`at most ${maxEndpointLength} characters`)
  // The URL parser forgives blanks, backslashes and empty parts; what a person sees and what is called must not differ.
  if (!/^https?:\/\/[^/]/i.test(text) || /[\s\\]/.test(text) || hasControlCharacter(text)) {
    return refused('an absolute URL is expected, such as https://api.openai.com/v1')
  }
  if (/[?#]/.test(text)) return refused('a base URL has no query and no fragment')
  if (/^https?:\/\/[^/]*@/i.test(text)) {
    return refused('a base URL has no user name or password: use spec.credentials')
  }
  if (!URL.canParse(text)) return refused('not a URL that can be called')
  const url = new URL(text)
  const host = url.hostname.replace(/\.$/, '')
  const kind = classifyAddress(host)
  if (neverProviders.has(kind)) return refused('link-local and metadata addresses are never a provider')
  if (neverProviderNames.has(host))
    return refused('metadata services and the API server are never a provider')
  if (url.protocol === 'http:' && !mayBePlain(host, kind)) {
    return refused(
      'http: is for loopback and cluster services only (127.0.0.1, localhost, name, name.namespace.svc)',
    )
  }
  if (url.port === '0') return refused('port 0 cannot be called')
  url.hostname = host
  return { kind: 'endpoint', url: url.href.replace(/\/+$/, ''), host }
}

/**
 * Whether a call for `host` may connect to `address`, the one it resolved to. A public name may lead to a private network
 * (a company's own gateway), but never to this machine or to a metadata service.
 */
export function admitsAddress(host: string, address: string): boolean {
  const kind = classifyAddress(address)
  if (kind === 'loopback') return isLoopbackHost(host)
  return kind !== 'notAnAddress' && !neverProviders.has(kind)
}

function isLoopbackHost(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '')
  return name === 'localhost' || name.endsWith('.localhost') || classifyAddress(name) === 'loopback'
}

/**
 * A name of one label is resolved by the cluster's search domains. A name of two may be `service.namespace` or a public
 * domain, which nobody can tell apart here: it needs `.svc` behind it.
 */
function mayBePlain(host: string, kind: AddressKind): boolean {
  if (kind !== 'notAnAddress') return kind === 'loopback'
  if (isLoopbackHost(host) || !host.includes('.')) return true
  return host.endsWith('.svc') || host.endsWith('.svc.cluster.local')
}

function hasControlCharacter(text: string): boolean {
  return /[\x00-\x1f\x7f]/.test(text)
}

function refused(message: string): EndpointReading {
  return { kind: 'refused', message }
}
