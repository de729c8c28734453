import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'
import { overflowMessage } from '../openai-chat/encode-error.ts'

/** The wrapped shape without which the vendor's clients lose the message. */
export function encodeError(error: CallerError): JsonObject {
  return { error: errorObject(error) }
}

export function errorObject(error: CallerError): JsonObject {
  const isOverflow = error.form === 'contextOverflow'
  return {
    message: isOverflow ? overflowMessage(error.message) : error.message,
    type: isOverflow ? 'invalid_request_error' : 'llm_fallback_error',
    param: error.parameter ?? (isOverflow ? 'input' : null),
    code: errorCode(error),
  }
}

export function errorCode(error: CallerError): string {
  return error.form === 'contextOverflow' ? 'context_length_exceeded' : error.code
}
