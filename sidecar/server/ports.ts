// What the inbound edge needs from outside besides the policy room.
import type { RequestEnded } from '../chain/events.ts'
import type { PolicyDoor } from '../policy/ports.ts'
import type { Clock } from '../resilience/clock.ts'
import type { ServerLimits } from './limits.ts'

/** Constant sentences with fields; a pino logger fits. */
export interface ServerLogger {
  error(fields: Readonly<Record<string, unknown>>, message: string): void
  warn(fields: Readonly<Record<string, unknown>>, message: string): void
}

export interface ListenAddress {
  readonly host: string
  readonly port: number
}

export interface DataServerParts {
  readonly door: PolicyDoor
  readonly settings: ListenAddress & {
    /** Largest request body in bytes. */
    readonly maxBodyBytes: number
  }
  readonly clock: Clock
  newRequestId(): string
  /** Requests that never became a session: malformed, unmatched, refused at the door. */
  onRejected(event: RequestEnded): void
  /** Replaces credentials in a provider's text before a caller reads it. */
  mask(text: string): string
  readonly logger: ServerLogger
  readonly limits?: Partial<ServerLimits>
}

export interface AdminServerParts {
  readonly door: PolicyDoor
  /** Prometheus text. */
  metrics(): Promise<string>
  readonly settings: ListenAddress
  readonly clock: Clock
  readonly logger: ServerLogger
  readonly limits?: Partial<ServerLimits>
}

/** Something that listens. Constructing it opens nothing. */
export interface RunningServer {
  /** @returns the address in use: a port of 0 is replaced by the one that was given. */
  start(): Promise<ListenAddress>
  /** Closes every connection at once. Safe to call twice. */
  stop(): Promise<void>
}

export interface DataServer extends RunningServer {
  /** Serves on, lets streams finish, then says goodbye to what is left. Resolves at the latest after `withinMs`. */
  drain(withinMs: number): Promise<void>
  /** Requests that have not been answered in full. */
  inFlight(): number
}
