// A certificate authority for one test, and servers that it vouches for. Made anew each time: nothing of it is worth keeping.
import 'reflect-metadata'
import { randomBytes, webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

export interface TestAuthority {
  /** Certificate in PEM. */
  readonly ca: string
  /** A server certificate for this address or name. */
  issue(host: string): Promise<{ readonly cert: string; readonly key: string }>
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 24 * 3_600_000

export async function makeAuthority(name = 'authority of a test'): Promise<TestAuthority> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const ca = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: randomSerial(),
      name: `CN=${name}`,
      ...validity(),
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    },
    webcrypto,
  )
  return {
    ca: ca.toString('pem'),
    async issue(host) {
      const own = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])
      const isAddress = /^[\d.]+$/.test(host)
      const leaf = await x509.X509CertificateGenerator.create(
        {
          serialNumber: randomSerial(),
          subject: `CN=${host}`,
          issuer: ca.subject,
          ...validity(),
          signingAlgorithm: algorithm,
          publicKey: own.publicKey,
          signingKey: keys.privateKey,
          extensions: [
            new x509.SubjectAlternativeNameExtension([{ type: isAddress ? 'ip' : 'dns', value: host }]),
          ],
        },
        webcrypto,
      )
      return { cert: leaf.toString('pem'), key: await privatePem(own.privateKey) }
    },
  }
}

async function privatePem(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${bytes}\n-----END PRIVATE KEY-----\n`
}

function validity() {
  return { notBefore: new Date(Date.now() - dayMs), notAfter: new Date(Date.now() + dayMs) }
}

/** The first bit is clear, so that the number is not negative. */
function randomSerial(): string {
  return `01${randomBytes(8).toString('hex')}`
}
