// One line for each request that ended, in whatever way.
import type { Writable } from 'node:stream'
import type { ChainListener } from '../chain/events.ts'
import type { Clock } from '../resilience/clock.ts'
import { createAuditFile } from './audit-file.ts'
import type { AuditSource } from './audit-record.ts'
import { writeAuditRecord } from './audit-record.ts'
import type { LineSink, SpoolTrouble } from './line-spool.ts'
import { createLineSpool } from './line-spool.ts'
import type { Logger } from './logger.ts'
import type { AuditTotals } from './metric-sources.ts'

export type AuditSinkChoice = 'off' | 'stdout' | { readonly file: string }

export interface AuditOptions {
  readonly sink: AuditSinkChoice
  readonly source: AuditSource
  readonly clock: Clock
  onTrouble(trouble: SpoolTrouble): void
}

export interface Audit {
  readonly listener: ChainListener
  totals(): AuditTotals
  /** Resolves when all records so far are written, or when writing them failed once more. */
  flush(): Promise<void>
  /** Flushes and releases the sink; records that come later are dropped and counted. */
  close(): Promise<void>
}

/** Records that cannot be written are an error, and the end of that trouble is news as well. */
export function createAuditLog(logger: Logger): AuditOptions['onTrouble'] {
  return trouble => {
    if (trouble.kind === 'recovered') logger.warn({ ...trouble }, 'audit records are written again')
    else logger.error({ ...trouble }, 'audit records cannot be written')
  }
}

/** Opens nothing: a file is opened with its first record, and tried again while that fails. */
export function createAudit(options: AuditOptions): Audit {
  if (options.sink === 'off') return silentAudit
  const spool = createLineSpool({
    sink:
      options.sink === 'stdout'
        ? createStreamSink(process.stdout)
        : createAuditFile(options.sink.file, options.clock),
    clock: options.clock,
    onTrouble: options.onTrouble,
  })
  return {
    listener: event => {
      if (event.kind === 'requestEnded') spool.add(writeAuditRecord(event, options.source))
    },
    totals: () => spool.totals(),
    flush: () => spool.flush(),
    close: () => spool.close(),
  }
}

const nothing: AuditTotals = { written: 0, spooled: 0, failed: 0, dropped: 0, spoolBytes: 0 }

const silentAudit: Audit = {
  listener: () => undefined,
  totals: () => nothing,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
}

/** A batch is written when the stream has handed it on, so that a reader who stops shows in the spool. */
export function createStreamSink(stream: Writable): LineSink {
  return {
    write: batch =>
      new Promise((resolve, reject) => {
        stream.write(batch, error => (error ? reject(error) : resolve()))
      }),
    close: () => Promise.resolve(),
  }
}
