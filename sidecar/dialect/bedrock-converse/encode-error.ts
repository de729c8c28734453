import type { JsonObject } from '../completion.ts'
import type { CallerError } from '../dialect.ts'

const namesByStatus: Readonly<Record<number, string>> = {
  401: 'UnrecognizedClientException',
  402: 'ServiceQuotaExceededException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  408: 'ModelTimeoutException',
  409: 'ConflictException',
  424: 'ModelErrorException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
  504: 'ModelTimeoutException',
  529: 'ServiceUnavailableException',
}

/** The exception that the vendor's clients raise. */
export function exceptionName({ status, form }: CallerError): string {
  if (form === 'contextOverflow') return 'ValidationException'
  return namesByStatus[status] ?? (status >= 500 ? 'InternalServerException' : 'ValidationException')
}

/** Exceptions that a stream may carry; the rest goes by the nearest of them. */
const streamNames: ReadonlySet<string> = new Set([
  'InternalServerException',
  'ModelStreamErrorException',
  'ValidationException',
  'ThrottlingException',
  'ServiceUnavailableException',
])

/** As it is named in a frame: with a small first letter. */
export function streamExceptionName(error: CallerError): string {
  const name = exceptionName(error)
  const known = streamNames.has(name) ? name : 'ModelStreamErrorException'
  return known.charAt(0).toLowerCase() + known.slice(1)
}

// Clients that shorten and ask again look for these words: the wire has no code for a full context window.
const contextWords = 'Input is too long for requested model.'

function messageFor({ form, message }: CallerError): string {
  if (form !== 'contextOverflow' || message.startsWith(contextWords)) return message
  return message === '' ? contextWords : `${contextWords} ${message}`
}

/** The body for clients that look nowhere else; most of them go by the header first. */
export function encodeError(error: CallerError): JsonObject {
  return {
    message: messageFor(error),
    __type: exceptionName(error),
    code: error.code,
    ...(error.parameter !== undefined && { parameter: error.parameter }),
  }
}

/** Clients look here first for the name of the exception. */
export function errorHeaders(error: CallerError): Readonly<Record<string, string>> {
  return { 'x-amzn-errortype': exceptionName(error) }
}
