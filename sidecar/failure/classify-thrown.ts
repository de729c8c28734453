// Judges what a call threw before or while it was answered: by error code, so that no HTTP library is needed here.
import { isRecord } from './error-facts.ts'
import type { Failure } from './failure.ts'

const neverConnected = { kind: 'ConnectError', promptSent: 'none' } as const
const brokenAnswer = { kind: 'InvalidResponse' } as const

const byCode: Readonly<Record<string, Failure>> = {
  UND_ERR_CONNECT_TIMEOUT: {
    kind: 'Timeout',
    limit: 'connect',
    promptSent: 'none',
    detail: 'no connection to the provider in time',
  },
  UND_ERR_HEADERS_TIMEOUT: { kind: 'Timeout', limit: 'total', detail: 'no answer from the provider in time' },
  UND_ERR_BODY_TIMEOUT: { kind: 'Timeout', limit: 'idle', detail: 'the answer of the provider stood still' },

  ECONNREFUSED: { ...neverConnected, detail: 'the provider refuses connections' },
  ENOTFOUND: { ...neverConnected, detail: 'the name of the provider is unknown to DNS' },
  ENODATA: { ...neverConnected, detail: 'the name of the provider has no address in DNS' },
  EAI_AGAIN: { ...neverConnected, detail: 'DNS does not answer' },
  EHOSTUNREACH: { ...neverConnected, detail: 'no route to the provider' },
  ENETUNREACH: { ...neverConnected, detail: 'no route to the provider' },
  EHOSTDOWN: { ...neverConnected, detail: 'no route to the provider' },
  ENETDOWN: { ...neverConnected, detail: 'the network is down' },
  EADDRNOTAVAIL: { ...neverConnected, detail: 'no local port is free for a connection' },
  EMFILE: { ...neverConnected, detail: 'too many files and sockets are open' },
  // Our own guard: the name leads to an address that no provider may have.
  EADDRDENIED: { ...neverConnected, detail: 'the address of the provider is not allowed' },
  UND_ERR_CLOSED: { ...neverConnected, detail: 'the connection pool is closed' },
  UND_ERR_DESTROYED: { ...neverConnected, detail: 'the connection pool is closed' },
  UND_ERR_PRX_CONN: { ...neverConnected, detail: 'the proxy does not connect' },
  UND_ERR_PRX_TLS: { ...neverConnected, detail: 'the TLS connection to the proxy failed' },

  ECONNRESET: { kind: 'ConnectError', detail: 'the provider reset the connection' },
  ECONNABORTED: { kind: 'ConnectError', detail: 'the connection was given up' },
  UND_ERR_SOCKET: { kind: 'ConnectError', detail: 'the provider closed the connection' },
  ERR_STREAM_PREMATURE_CLOSE: { kind: 'ConnectError', detail: 'the provider closed the connection' },
  // Whoever could not be written to had not taken everything.
  EPIPE: { kind: 'ConnectError', promptSent: 'partial', detail: 'the provider stopped reading the request' },

  UND_ERR_HEADERS_OVERFLOW: { ...brokenAnswer, detail: 'the headers of the answer are too large' },
  UND_ERR_RES_EXCEEDED_MAX_SIZE: { ...brokenAnswer, detail: 'the answer is too large' },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    ...brokenAnswer,
    detail: 'the answer has not the length it announced',
  },
}

const notHttp: Failure = { ...brokenAnswer, detail: 'the answer is not valid HTTP' }

/** For families of codes. The first prefix that fits. */
const byPrefix: readonly (readonly [prefix: string, failure: Failure])[] = [
  ['HPE_', notHttp],
  ['Z_', { ...brokenAnswer, detail: 'the answer is not compressed as it says' }],
  ['ERR_BROTLI', { ...brokenAnswer, detail: 'the answer is not compressed as it says' }],
  ['EAI_', { ...neverConnected, detail: 'the name of the provider cannot be resolved' }],
]

const tlsFailure: Failure = { ...neverConnected, detail: 'the TLS handshake with the provider failed' }
const tlsCode =
  /^(?:ERR_TLS_|ERR_SSL_|ERR_OSSL_|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_EXCEEDED|EPROTO$)/

const noConnectionInTime: Failure = {
  kind: 'Timeout',
  limit: 'connect',
  promptSent: 'none',
  detail: 'no connection to the provider in time',
}

/** Wrapped errors are followed this deep. */
const deepestCause = 5

/**
 * A failure for whatever an HTTP client threw. Never throws; an error that nothing is known of is a `ConnectError`.
 * Whoever aborted the call knows better than its error and should not ask.
 */
export function classifyThrown(error: unknown): Failure {
  let current = error
  for (let depth = 0; depth < deepestCause && isRecord(current); depth += 1) {
    const failure = classifyOne(current)
    if (failure !== undefined) return failure
    // Several addresses were tried: each failed in its way, the first stands for all.
    current = Array.isArray(current['errors']) ? current['errors'][0] : current['cause']
  }
  return { kind: 'ConnectError', detail: 'the call to the provider failed' }
}

function classifyOne(error: Readonly<Record<string, unknown>>): Failure | undefined {
  const { code, name } = error
  if (name === 'TimeoutError')
    return { kind: 'Timeout', limit: 'total', detail: 'no answer from the provider in time' }
  if (name === 'AbortError') return { kind: 'ConnectError', detail: 'the call was cut off on this side' }
  // Undici's parser does not always say which rule was broken.
  if (name === 'HTTPParserError') return notHttp
  if (typeof code !== 'string') return undefined
  if (code === 'ETIMEDOUT') return isConnecting(error) ? noConnectionInTime : lostContact
  if (tlsCode.test(code)) return tlsFailure
  const known = Object.hasOwn(byCode, code) ? byCode[code] : undefined
  if (known !== undefined) return withSentShare(known, error)
  return byPrefix.find(([prefix]) => code.startsWith(prefix))?.[1]
}

const lostContact: Failure = {
  kind: 'ConnectError',
  detail: 'the provider no longer answers on the connection',
}

function isConnecting(error: Readonly<Record<string, unknown>>): boolean {
  // An error over several addresses has no system call of its own.
  return error['syscall'] === 'connect' || Array.isArray(error['errors'])
}

/** How much had left, where the error tells: the byte count of its socket, or that it was still shaking hands. */
function withSentShare(failure: Failure, error: Readonly<Record<string, unknown>>): Failure {
  if (failure.kind !== 'ConnectError' || failure.promptSent === 'none') return failure
  const socket = error['socket']
  const hasSentNothing = isRecord(socket) && socket['bytesWritten'] === 0
  // Node names the host only on a connection that broke before TLS stood.
  const wasShakingHands = error['syscall'] === undefined && typeof error['host'] === 'string'
  return hasSentNothing || wasShakingHands || error['syscall'] === 'connect'
    ? { ...failure, promptSent: 'none' }
    : failure
}
