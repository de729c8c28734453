// Connecting, name look-up and TLS handshake included, within a limit that is kept to the millisecond: undici's own timer
// ticks twice a second, which is too coarse for a limit of a few hundred milliseconds.
import type { Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import { buildConnector, errors } from 'undici'

export type ConnectOptions = Pick<
  ConnectionOptions,
  'ca' | 'lookup' | 'minVersion' | 'rejectUnauthorized' | 'servername'
>

/** A connector whose connections stand within `timeoutMs` or fail with `UND_ERR_CONNECT_TIMEOUT`. */
export function connectWithin(timeoutMs: number, options: ConnectOptions): buildConnector.connector {
  // Its timer, however coarse, is what ends the socket of a connection that was given up here.
  const connect = buildConnector({ ...options, allowH2: false, timeout: timeoutMs })
  return (target, callback) => {
    let isGivenUp = false
    const timer = setTimeout(() => {
      isGivenUp = true
      callback(new errors.ConnectTimeoutError(), null)
    }, timeoutMs)
    timer.unref()
    connect(target, (...result) => {
      clearTimeout(timer)
      if (isGivenUp) return void result[1]?.destroy()
      result[1]?.on('error', callResetAClose)
      callback(...result)
    })
  }
}

/**
 * undici takes `ECONNRESET` for the regular end of a body that lasts until the connection closes, and for the failure of
 * calls that wait for an idle connection and have sent nothing. Under the code of a closed connection the body has broken
 * off and the waiting calls get a new connection. Runs before undici's own listener, which is added after this one.
 */
function callResetAClose(this: Socket, error: Error & { code?: string }): void {
  if (error.code === 'ECONNRESET') error.code = 'UND_ERR_SOCKET'
}
