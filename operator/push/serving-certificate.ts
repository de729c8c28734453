// The certificate of the listener: taken from whoever looks after certificates, changed without closing a stream.
import type { Server, ServerOptions } from 'node:https'
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
 * Groups for the key exchange: `auto` has the hybrid one that holds against quantum computers, for about 7 KiB more in every
 * open stream than `X25519` alone.
 */
const keyExchange = 'auto'

/** Nothing older than TLS 1.3 is spoken. */
export function tlsOptions(pair: CertificatePair): ServerOptions {
  return {
    cert: pair.cert,
    key: pair.key,
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ecdhCurve: keyExchange,
    // A returning sidecar resumes its session instead of checking signatures again: reports come every few seconds.
    sessionTimeout: 300,
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
