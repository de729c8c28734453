import { failureCode } from '../../crds/vocabulary.ts'
import type { CallerError } from '../dialect/dialect.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { Failure } from '../failure/failure.ts'

export interface CallerErrorInput {
  readonly status: number
  readonly requestId: string
  mask(text: string): string
}

/** A failure in the words that its caller may read. */
export function failureError(failure: Failure, { status, requestId, mask }: CallerErrorInput): CallerError {
  return {
    status,
    code: failureCode(failure.kind),
    message: messageOf(failure, mask),
    requestId,
    ...(failure.kind === 'ContextOverflow' && { form: 'contextOverflow' as const }),
  }
}

/** The provider's words help the one whose request it was. What it says about a key is no caller's business. */
function messageOf(failure: Failure, mask: (text: string) => string): string {
  if (failure.kind === 'AuthFailed' || failure.message === undefined) return failure.detail
  const text = failure.message.reveal()
  return text === '' ? failure.detail : mask(text)
}

/** What a caller is told of something thrown: a rejection says what is wrong, a bug says nothing. */
export function rejectionError(error: unknown, requestId: string): CallerError {
  if (!(error instanceof RequestRejected)) {
    return {
      status: 500,
      code: 'internal_error',
      message: 'the sidecar failed to handle this request',
      requestId,
    }
  }
  const { status, code, message, parameter } = error
  return { status, code, message, requestId, ...(parameter !== undefined && { parameter }) }
}
