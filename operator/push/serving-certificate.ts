// The certificate of the listener: taken from whoever looks after certificates, changed without closing a stream.
import type { Server, TlsOptions } from 'node:tls'
import type { Cancel } from '../reconcile/ports.ts'
import type { ReportPushEvent } from './push-events.ts'

/** Both as PEM; `cert` with its chain. */
export interface CertificatePair {
  readonly cert: string | Buffer
  readonly key: string | Buffer
}

export interface ServingCertificate {
  current(): CertificatePair
  onChange(listener: () => void): Cancel
}

/**
 * Groups for the key exchange. Without the hybrid one that holds against quantum computers, which costs 7 KiB more in every
 * open stream: docs/decisions/0006-streams.md.
 */
const keyExchange = 'X25519:P-256'

/** Nothing older than TLS 1.3 is spoken. */
export function tlsOptions(pair: CertificatePair): TlsOptions {
  return {
    cert: pair.cert,
    key: pair.key,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ecdhCurve: keyExchange,
  }
}

/** Open connections go on with the certificate that they began with. */
export function followCertificate(
  server: Server,
  certificate: ServingCertificate,
  report: ReportPushEvent,
): Cancel {
  return certificate.onChange(() => {
    try {
      server.setSecureContext(tlsOptions(certificate.current()))
      report({ kind: 'certificateSwapped' })
    } catch (error) {
      report({ kind: 'certificateUnusable', error })
    }
  })
}
