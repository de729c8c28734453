// Certificates of the operator's own listeners: short-lived, in memory only, one for each replica.
import 'reflect-metadata'
import { webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'
import { type Authority, clockSkewMs } from './authority.ts'
import { ecdsaOnP256, exportPrivateKey, importSigningKey, signature } from './key-pair.ts'

/** Seven days. */
export const leafLifeMs = 7 * 24 * 60 * 60 * 1000

/** What a listener serves with. */
export interface Leaf {
  /** PEM. */
  readonly cert: string
  /** PEM, PKCS #8. */
  readonly key: string
  /** Wall time from which a new one is due: two thirds of its life. */
  readonly renewAt: number
  readonly notAfter: number
  /** Of the authority that signed it. */
  readonly authority: string
}

export interface LeafOrder {
  /** DNS names and IP addresses. */
  readonly hosts: readonly string[]
  /** Wall time. */
  readonly now: number
}

/** Never outlives its authority. */
export async function issueLeaf(authority: Authority, { hosts, now }: LeafOrder): Promise<Leaf> {
  const keys = await webcrypto.subtle.generateKey(ecdsaOnP256, true, ['sign', 'verify'])
  const issuer = new X509Certificate(authority.certificate)
  const notAfter = Math.min(now + leafLifeMs, authority.notAfter)
  const certificate = await X509CertificateGenerator.create({
    subject: [{ O: ['llm-fallback'] }, { CN: ['llm-fallback operator'] }],
    issuer: issuer.subjectName,
    notBefore: new Date(Math.max(now - clockSkewMs, authority.notBefore)),
    notAfter: new Date(notAfter),
    publicKey: keys.publicKey,
    signingKey: importSigningKey(authority.privateKey),
    signingAlgorithm: signature,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(hosts.map(nameHost)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  })
  return {
    cert: certificate.toString('pem'),
    key: exportPrivateKey(keys.privateKey),
    renewAt: now + ((notAfter - now) * 2) / 3,
    notAfter,
    authority: authority.fingerprint,
  }
}

function nameHost(host: string): { readonly type: 'ip' | 'dns'; readonly value: string } {
  return { type: isIP(host) === 0 ? 'dns' : 'ip', value: host }
}
