// What a session needs of the wire. Tests bring a wire of their own.

export interface ConnectRequest {
  /** Digest of the live snapshot; undefined: none is live. */
  readonly live: string | undefined
}

/** Told in order; nothing follows `ended`, and nothing follows `close()`. */
export interface ConnectionListener {
  data(chunk: Buffer): void
  /** A line that comes now is taken, after one may not have been. */
  hasRoom(): void
  ended(end: ConnectionEnd): void
}

export type ConnectionEnd =
  /** The operator answered with another status than 200. */
  | {
      readonly kind: 'refused'
      readonly status: number
      readonly retryAfterMs?: number
      readonly reason: string
    }
  /** No connection, or it broke. One phrase for people, without the token. */
  | { readonly kind: 'failed'; readonly problem: string }
  /** The stream ended as HTTP says it should. */
  | { readonly kind: 'finished' }

export interface OperatorConnection {
  /** Sends a line up. False: it was not taken, since one before it has not gone; `hasRoom` will be told. */
  write(line: string): boolean
  close(): void
}

export type Connect = (request: ConnectRequest, listener: ConnectionListener) => OperatorConnection
