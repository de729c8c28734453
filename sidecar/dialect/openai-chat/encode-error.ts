import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

// Some clients that shorten and ask again look for the code, others for the words of the vendor's own message.
const contextWords = 'the maximum context length is exceeded'
const knownWords = /maximum context length|exceeds the context window/

export function overflowMessage(message: string): string {
  if (knownWords.test(message)) return message
  return message === '' ? contextWords : `${contextWords}: ${message}`
}

/** The wrapped shape without which the vendor's clients lose the message. */
export function encodeError(error: CallerError): JsonObject {
  const isOverflow = error.form === 'contextOverflow'
  return {
    error: {
      message: isOverflow ? overflowMessage(error.message) : error.message,
      type: isOverflow ? 'invalid_request_error' : 'llm_fallback_error',
      param: error.parameter ?? (isOverflow ? 'messages' : null),
      code: isOverflow ? 'context_length_exceeded' : error.code,
    },
  }
}
