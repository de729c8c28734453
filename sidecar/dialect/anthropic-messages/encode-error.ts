import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

const typesByStatus: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  408: 'timeout_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

function errorType(status: number): string {
  return typesByStatus[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error')
}

// Clients that shorten and ask again look for these words: the wire has no code for a full context window.
const contextWords = 'prompt is too long'

function messageFor(error: CallerError): string {
  if (error.form !== 'contextOverflow' || error.message.startsWith(contextWords)) return error.message
  return error.message === '' ? contextWords : `${contextWords}: ${error.message}`
}

/** The vendor's error body; `error.type` is the usual one of the status, our own code stands beside it. */
export function encodeError(error: CallerError): JsonObject {
  const type = error.form === 'contextOverflow' ? 'invalid_request_error' : errorType(error.status)
  return {
    type: 'error',
    error: { type, message: messageFor(error), code: error.code },
    request_id: error.requestId,
  }
}
