import type { CredentialScheme } from '../dialect/provider-binding.ts'
import type { Confidential } from '../failure/confidential.ts'

/** The header that carries a key, as the provider's own SDK would send it. Pairs of keys that sign do not stand in one. */
export function credentialHeader(scheme: CredentialScheme, key: Confidential): readonly [string, string] {
  const isBearer = scheme.kind !== 'header' || (scheme.tokens === 'bearer' && isAccessToken(key.reveal()))
  if (!isBearer) return [scheme.name, key.reveal()]
  return ['authorization', `Bearer ${key.reveal()}`]
}

/** A JSON Web Token: three parts, the first of them a JSON object. https://www.rfc-editor.org/rfc/rfc7519 */
function isAccessToken(key: string): boolean {
  return /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/.test(key)
}
