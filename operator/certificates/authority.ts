// Our own certificate authority: made here, or read back from a Secret that anybody may have edited.
import 'reflect-metadata'
import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { ecdsaOnP256, exportPrivateKey, signature } from './key-pair.ts'

const day = 24 * 60 * 60 * 1000

/** One year. */
export const authorityLifeMs = 365 * day
/** Certificates begin this long before now: clocks of a cluster differ. */
export const clockSkewMs = 5 * 60 * 1000

export interface Authority {
  /** PEM, without words around it. */
  readonly certificate: string
  /** PEM, PKCS #8. */
  readonly privateKey: string
  /** SHA-256 of the certificate: two authorities are the same if this is. */
  readonly fingerprint: string
  /** Wall time. */
  readonly notBefore: number
  readonly notAfter: number
}

/** Self-signed, EC P-256, valid for a year from `now` (wall time). It signs servers, not other authorities. */
export async function createAuthority(now: number): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(ecdsaOnP256, true, ['sign', 'verify'])
  const keyId = await SubjectKeyIdentifierExtension.create(keys.publicKey)
  const certificate = await X509CertificateGenerator.createSelfSigned({
    // Two that are trusted side by side want different names: verifiers look an issuer up by its name first.
    name: [{ O: ['llm-fallback'] }, { CN: [`llm-fallback ${keyId.keyId.slice(0, 12)}`] }],
    notBefore: new Date(now - clockSkewMs),
    notAfter: new Date(now + authorityLifeMs),
    keys,
    signingAlgorithm: signature,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      keyId,
      await AuthorityKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return describe(new X509Certificate(certificate.toString('pem')), exportPrivateKey(keys.privateKey))
}

export type AuthorityReading =
  | { readonly kind: 'authority'; readonly authority: Authority }
  /** One sentence that names what is wrong; it quotes nothing of a key. */
  | { readonly kind: 'broken'; readonly problem: string }

/** Checks a certificate and its key as found. An expired one is read: what that means is for others to decide. */
export function readAuthority(certificatePem: string, keyPem: string): AuthorityReading {
  const certificate = parseCertificate(certificatePem)
  if (certificate === undefined) return broken('the certificate is not PEM')
  if (!certificate.ca) return broken('the certificate is not one of an authority')
  const key = parseKey(keyPem)
  if (key === undefined) return broken('the key is not PEM')
  if (key.asymmetricKeyDetails?.namedCurve !== 'prime256v1')
    return broken('the key is not an EC key on P-256')
  if (!certificate.checkPrivateKey(key)) return broken('the key does not belong to the certificate')
  return {
    kind: 'authority',
    authority: describe(certificate, key.export({ type: 'pkcs8', format: 'pem' }).toString()),
  }
}

/** A certificate to be trusted without its key; undefined when it is none of an authority. */
export function readTrustedCertificate(pem: string): string | undefined {
  const certificate = parseCertificate(pem)
  return certificate?.ca ? certificate.toString() : undefined
}

function describe(certificate: X509Certificate, privateKey: string): Authority {
  return {
    certificate: certificate.toString(),
    privateKey,
    fingerprint: certificate.fingerprint256,
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  }
}

function broken(problem: string): AuthorityReading {
  return { kind: 'broken', problem }
}

function parseCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem)
  } catch {
    // The reason is OpenSSL's and would not help whoever edited the Secret.
    return undefined
  }
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem)
  } catch {
    // As above; and the message must not quote a key.
    return undefined
  }
}
