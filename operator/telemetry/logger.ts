// Log lines: JSON on stdout, constant sentences with fields. Errors are told by name, code and status: a message may quote
// an object, and an object may hold a key.
import { destination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'

/** Give fields first, then a constant sentence. An error goes into the field `error`. */
export type Logger = PinoLogger

export function createLogger(level: 'debug' | 'info' | 'warn' | 'error'): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: describeError, err: describeError },
    },
    destination({ fd: 1, sync: true }),
  )
}

/** An error without its words: name, code, HTTP status, and where it was thrown. */
export function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error }
  const frames = (error.stack ?? '').split('\n    at ').slice(1, 6)
  return {
    name: error.name,
    ...('code' in error && typeof error.code === 'string' && { code: error.code }),
    ...('status' in error && typeof error.status === 'number' && { status: error.status }),
    // Answers of the API server name objects, never what is in them.
    ...(error.name === 'ApiError' && { message: error.message }),
    ...('reason' in error && typeof error.reason === 'string' && { reason: error.reason }),
    frames,
  }
}
