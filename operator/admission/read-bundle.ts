import { X509Certificate } from 'node:crypto'

const certificates = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

/** What keeps TLS, which says nothing about it, from trusting all of these PEM certificates; undefined: nothing. */
export function explainBundle(bundle: string): string | undefined {
  const found = bundle.match(certificates) ?? []
  if (found.length === 0) return 'no certificate in it has an end, so none is trusted'
  const broken = found.findIndex(pem => !canBeRead(pem))
  return broken < 0
    ? undefined
    : `certificate ${broken + 1} of ${found.length} cannot be read, so it and those behind it are not trusted`
}

function canBeRead(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0
  } catch {
    return false
  }
}
