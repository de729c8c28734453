import { describe } from 'node:test'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import type { Abilities } from './ability.ts'
import type { Recording } from './read-recordings.ts'
import { describeRecordedAnswers } from './recorded-answers.ts'
import { describeRecordedRequests } from './recorded-requests.ts'
import { describeRoundTrips } from './round-trips.ts'

export interface DialectUnderTest {
  readonly dialect: Dialect
  /** Recordings that this dialect has to read. */
  readonly recordings: readonly Recording[]
  readonly abilities: Abilities
}

/** What every dialect has to pass. */
export function describeDialect({ dialect, recordings, abilities }: DialectUnderTest): void {
  if (recordings.length === 0) throw new Error(`no recordings of ${dialect.format}`)
  describe(dialect.format, () => {
    describeRecordedAnswers(dialect, recordings)
    describeRecordedRequests(dialect, recordings)
    describeRoundTrips(dialect, abilities)
  })
}
