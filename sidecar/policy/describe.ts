// What `/debug` shows of the live state. Header values and certificates stay out; a snapshot holds no credential anyway.
import type { CompiledProvider, PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { NamedBreaker } from './target-registry.ts'

export function describeSnapshot(snapshot: PolicySnapshot): unknown {
  const providers = Object.fromEntries(
    Object.entries(snapshot.providers).map(([key, provider]) => [key, describeProvider(provider)]),
  )
  return { ...snapshot, providers }
}

function describeProvider({ headers, tls, ...rest }: CompiledProvider): unknown {
  const shown = { ...rest, headers: headers.map(header => header.name) }
  if (tls === undefined) return shown
  return {
    ...shown,
    tls: { hasCaBundle: tls.caBundle !== undefined, ...(tls.serverName && { serverName: tls.serverName }) },
  }
}

export function describeBreakers(breakers: readonly NamedBreaker[]): unknown {
  return {
    breakers: breakers
      .map(({ target, breaker }) => ({ target, ...breaker.snapshot() }))
      .sort((a, b) => (a.target < b.target ? -1 : 1)),
  }
}
