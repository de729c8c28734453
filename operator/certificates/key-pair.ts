// The one kind of key that is used here, in the two forms that are needed of it.
import { createPrivateKey, KeyObject, type webcrypto } from 'node:crypto'

export const ecdsaOnP256 = { name: 'ECDSA', namedCurve: 'P-256' } as const
export const signature = { name: 'ECDSA', hash: 'SHA-256' } as const

/** As PEM. */
export function exportPrivateKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: 'pkcs8', format: 'pem' }).toString()
}

/** For signing, and for nothing else. */
export function importSigningKey(pem: string): webcrypto.CryptoKey {
  return createPrivateKey(pem).toCryptoKey(ecdsaOnP256, false, ['sign'])
}
