import type { AnswerPath } from '../chain/events.ts'
import type { Reply, ServedStep } from '../chain/outcome.ts'
import type { HeaderRecord } from './response-headers.ts'

/** One served answer with everything that its writer needs to know. */
export interface ServedAnswer<Kind extends Reply['kind']> {
  readonly reply: Extract<Reply, { kind: Kind }>
  readonly step: ServedStep
  readonly headers: HeaderRecord
  readonly path: AnswerPath
}
