import { describe } from 'node:test'
import type { Dialect } from '../../sidecar/dialect/dialect.ts'
import type { Abilities } from './neutral-arbitraries.ts'
import type { RecordingFolder } from './read-recordings.ts'
import { describeRecordedAnswers } from './recorded-answers.ts'
import { describeRecordedRequests } from './recorded-requests.ts'
import { describeRoundTrips } from './round-trips.ts'

export interface DialectUnderTest {
  readonly dialect: Dialect
  /** Recordings that this dialect has to read. */
  readonly folders: readonly RecordingFolder[]
  readonly abilities: Abilities
}

/** What every dialect has to pass. */
export function describeDialect({ dialect, folders, abilities }: DialectUnderTest): void {
  describe(dialect.format, () => {
    describeRecordedAnswers(dialect, folders)
    describeRecordedRequests(dialect, folders)
    describeRoundTrips(dialect, abilities)
  })
}
