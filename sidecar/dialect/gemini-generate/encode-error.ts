import type { JsonObject, JsonValue } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

/** Google's names for HTTP statuses (google.rpc.Code). */
const names: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  402: 'RESOURCE_EXHAUSTED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  408: 'DEADLINE_EXCEEDED',
  409: 'ABORTED',
  413: 'INVALID_ARGUMENT',
  422: 'INVALID_ARGUMENT',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  501: 'UNIMPLEMENTED',
  502: 'UNAVAILABLE',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

function nameOf(status: number): string {
  return names[status] ?? (status >= 500 ? 'INTERNAL' : 'INVALID_ARGUMENT')
}

// Clients that shorten and ask again look for these words: the wire has no code for a full context window.
const contextWords = 'exceeds the maximum number of tokens allowed'

function messageFor(error: CallerError): string {
  if (error.form !== 'contextOverflow' || error.message.includes(contextWords)) return error.message
  const said = `The input token count ${contextWords}`
  return error.message === '' ? said : `${said}: ${error.message}`
}

/** The vendor's error body. `error` comes first and `code` is a number: clients tell an error in a stream by that. */
export function encodeError(error: CallerError): JsonObject {
  const details: JsonValue[] = [
    {
      '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
      reason: error.code,
      domain: 'llm_fallback_error',
      metadata: { requestId: error.requestId },
    },
  ]
  if (error.parameter !== undefined) {
    details.push({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ field: error.parameter, description: error.message }],
    })
  }
  return {
    error: { code: error.status, message: messageFor(error), status: nameOf(error.status), details },
  }
}
