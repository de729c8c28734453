import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { Confidential } from '../failure/confidential.ts'

/** The header that carries a key, as the provider's own SDK would send it. */
export function credentialHeader(provider: CompiledProvider, key: Confidential): readonly [string, string] {
  if (provider.dialect === 'Anthropic') return ['x-api-key', key.reveal()]
  return ['authorization', `Bearer ${key.reveal()}`]
}
