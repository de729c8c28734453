// Log lines: JSON on stdout, constant sentences with fields. Errors are told without their messages, because a
// message may quote what it failed on, and that may be a prompt or a key.
import { type DestinationStream, destination, type Logger as PinoLogger, pino, stdTimeFunctions } from 'pino'
import type { ChainListener } from '../chain/events.ts'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'
export const logLevels: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']

/** Give fields first, then a constant sentence. An error goes into the field `error`. */
export type Logger = PinoLogger

/** @param stream where lines go; absent: stdout, written at once so that a crash loses none. */
export function createLogger(level: LogLevel, stream?: DestinationStream): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: label => ({ level: label }) },
      serializers: { error: describeError, err: describeError },
    },
    stream ?? destination({ fd: 1, sync: true }),
  )
}

export interface DescribedError {
  readonly name: string
  readonly code?: string
  /** Where it was thrown, innermost first. */
  readonly frames?: readonly string[]
  readonly cause?: DescribedError
}

const maxCauses = 5

/** An error without its words: name, code, place and causes. */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { name: typeof error }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  const frames = framesOf(error)
  return {
    name: error.name,
    ...(code === undefined ? {} : { code }),
    ...(frames.length === 0 ? {} : { frames }),
    ...(error.cause === undefined || depth >= maxCauses
      ? {}
      : { cause: describeError(error.cause, depth + 1) }),
  }
}

/** Lines of the stack that follow the message; a message that imitates them is cut off with its own length. */
function framesOf(error: Error): readonly string[] {
  const stack = error.stack ?? ''
  const start = error.message === '' ? 0 : stack.indexOf(`: ${error.message}`)
  // The message is not where the stack begins: it was changed later, and where the old one ends cannot be told.
  if (start === -1 || stack.slice(0, start).includes('\n')) return []
  return stack
    .slice(start + error.message.length)
    .split('\n')
    .map(line => line.trim())
    .filter(line => line.startsWith('at '))
    .slice(0, 20)
}

/** Tells of breakers: a target that is cut off is worth a look, one that is back is worth knowing. */
export function createBreakerLog(logger: Logger): ChainListener {
  return event => {
    if (event.kind !== 'breakerChanged') return
    const fields = { target: event.target, from: event.from, to: event.to, cause: event.cause }
    if (event.to === 'open') logger.warn(fields, 'circuit breaker opened')
    else logger.info(fields, 'circuit breaker changed')
  }
}

/** Tells how the stream of the operator fares: what changes is worth a line, the same trouble again is not. */
export interface StreamLog {
  connected(): void
  lost(end: { readonly cause: string; readonly problem: string }, retryInMs: number): void
}

export function createStreamLog(logger: Logger): StreamLog {
  let told: string | undefined
  return {
    connected() {
      told = undefined
      logger.info('connected to the operator')
    },
    lost({ cause, problem }, retryInMs) {
      const fields = { cause, problem, retryInMs: Math.round(retryInMs) }
      if (cause === 'farewell') logger.info(fields, 'the operator ended the stream')
      else if (told === problem) logger.debug(fields, 'the operator is still away')
      else logger.warn(fields, 'the operator is away, what is live works on')
      told = problem
    },
  }
}

/** Tells what became of changes of the configuration. */
export interface PolicyLog {
  /** @param applied `digest` of the snapshot, identities (`namespace/name@generation`) of its policies. */
  applied(applied: {
    readonly digest: string
    readonly policies: readonly string[]
    readonly warnings?: readonly string[]
  }): void
  /** @param problems sentences of the compiler: they name objects, fields and values of the resources. */
  refused(problems: readonly string[]): void
  unchanged(): void
}

export function createPolicyLog(logger: Logger): PolicyLog {
  return {
    applied: ({ digest, policies, warnings = [] }) => {
      logger.info({ snapshot: digest.slice(0, 12), policies }, 'policy applied')
      for (const warning of warnings) logger.warn({ warning }, 'policy warning')
    },
    refused: problems => logger.error({ problems }, 'policy refused, what was live before stays'),
    unchanged: () => logger.debug('policy unchanged'),
  }
}
