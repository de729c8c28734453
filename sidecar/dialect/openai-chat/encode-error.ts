import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

/** The wrapped shape without which the vendor's clients lose the message. */
export function encodeError(error: CallerError): JsonObject {
  const isOverflow = error.form === 'contextOverflow'
  return {
    error: {
      message: error.message,
      type: isOverflow ? 'invalid_request_error' : 'llm_fallback_error',
      param: error.parameter ?? (isOverflow ? 'messages' : null),
      code: isOverflow ? 'context_length_exceeded' : error.code,
    },
  }
}
