import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

// Clients that shorten and ask again look for these words and for the type beside them.
const contextWords = 'too many tokens'

/** The vendor's flat error body; our own code stands beside it. */
export function encodeError(error: CallerError): JsonObject {
  const isOverflow = error.form === 'contextOverflow'
  return {
    id: error.requestId,
    message: isOverflow ? overflowMessage(error.message) : error.message,
    error_type: isOverflow ? 'TOO_MANY_TOKENS' : 'llm_fallback_error',
    code: error.code,
  }
}

export function overflowMessage(message: string): string {
  if (message.startsWith(contextWords)) return message
  return message === '' ? contextWords : `${contextWords}: ${message}`
}
