// The keys and certificates of a control plane that lives for one test run.
import 'reflect-metadata'
import { createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000
/** Client certificates of the programs inside the control plane. */
const controllerManager = 'CN=system:kube-controller-manager'

export interface KeyAndCertificate {
  /** PEM, PKCS#8. */
  readonly key: string
  /** PEM. */
  readonly certificate: string
}

/** A certificate that the cluster's authority signs. */
export interface CertificateOrder {
  /** As in `CN=kube-apiserver` or `CN=system:node:node-1, O=system:nodes`. */
  readonly subject: string
  readonly use: 'server' | 'client' | 'both'
  /** What its holder is reached by, where it is a server; loopback always is. */
  readonly addresses?: readonly string[]
}

export interface ClusterCertificates {
  /** PEM. */
  readonly ca: string
  /** One more, for whoever joins this control plane. */
  issue(order: CertificateOrder): Promise<KeyAndCertificate>
  readonly apiServer: KeyAndCertificate
  readonly controllerManager: KeyAndCertificate
  /** Signs the tokens of ServiceAccounts. */
  readonly tokenKey: KeyObject
  readonly tokenKeyPem: string
  readonly tokenPublicKeyPem: string
}

/** @param addresses further ones at which the API server is reached. */
export async function makeClusterCertificates(
  addresses: readonly string[] = [],
): Promise<ClusterCertificates> {
  x509.cryptoProvider.set(webcrypto)
  const caKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifeTime(),
    serialNumber: serialNumber(),
    name: 'CN=test-cluster-ca',
    keys: caKeys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(caKeys.publicKey),
    ],
  })
  const issuer = { certificate: ca, key: caKeys.privateKey }
  const tokenKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return {
    ca: ca.toString('pem'),
    issue: order => issue(issuer, order),
    apiServer: await issue(issuer, { subject: 'CN=kube-apiserver', use: 'server', addresses }),
    controllerManager: await issue(issuer, { subject: controllerManager, use: 'client' }),
    tokenKey: tokenKeys.privateKey,
    tokenKeyPem: tokenKeys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    tokenPublicKeyPem: createPublicKey(tokenKeys.privateKey)
      .export({ type: 'spki', format: 'pem' })
      .toString(),
  }
}

interface Issuer {
  readonly certificate: x509.X509Certificate
  readonly key: webcrypto.CryptoKey
}

const usages = {
  server: [x509.ExtendedKeyUsage.serverAuth],
  client: [x509.ExtendedKeyUsage.clientAuth],
  both: [x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth],
} as const

async function issue(issuer: Issuer, leaf: CertificateOrder): Promise<KeyAndCertificate> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const names = new x509.SubjectAlternativeNameExtension([
    { type: 'ip', value: '127.0.0.1' },
    { type: 'dns', value: 'localhost' },
    { type: 'dns', value: 'kubernetes.default.svc' },
    ...(leaf.addresses ?? []).map(value => ({ type: 'ip' as const, value })),
  ])
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifeTime(),
    serialNumber: serialNumber(),
    subject: leaf.subject,
    issuer: issuer.certificate.subject,
    publicKey: keys.publicKey,
    signingKey: issuer.key,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([...usages[leaf.use]]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.certificate),
      ...(leaf.use === 'client' ? [] : [names]),
    ],
  })
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)
  return { key: x509.PemConverter.encode(key, 'PRIVATE KEY'), certificate: certificate.toString('pem') }
}

/** A day back, for clocks that disagree; a month ahead, for clusters that are kept to look at. */
function lifeTime(): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + 30 * dayMs) }
}

/** Positive, as the standard asks. */
function serialNumber(): string {
  return `01${randomBytes(15).toString('hex')}`
}
