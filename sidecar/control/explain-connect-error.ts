// Why the operator cannot be reached, as one phrase for people. Made from codes, never from an error's own words.

const untrusted = 'its certificate is not signed by the CA that the sidecar was given'

const certificateProblems: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet: compare the clocks',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host than that of the operator URL',
}

/** E.g. `it cannot be reached (ECONNREFUSED)`. */
export function explainConnectError(cause: unknown): string {
  const code = codeOf(cause)
  const certificate = certificateProblems[code]
  return certificate === undefined ? `it cannot be reached (${code})` : `${certificate} (${code})`
}

function codeOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'unknown error'
  if ('code' in cause && typeof cause.code === 'string') return cause.code
  // Several addresses were tried: the first tells as much as all of them.
  if (cause instanceof AggregateError) return codeOf(cause.errors[0])
  return cause.cause === undefined ? cause.name : codeOf(cause.cause)
}
