// Which headers of a provider the house may see. What is not listed, or could smuggle, stays outside.
import type { UpstreamHeaders } from '../chain/ports.ts'

const allowed = new Set([
  'content-type',
  'content-encoding',
  'date',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-request-id',
  'request-id',
  'openai-processing-ms',
  'openai-version',
  'apim-request-id',
  'x-amzn-requestid',
  'x-amzn-errortype',
  'x-amz-retry-after',
])

/** One line of visible text: anything else could not be passed on safely, and none of these headers needs it. */
const plainText = /^[\t\x20-\x7e]*$/

export function readAnswerHeaders(
  raw: Readonly<Record<string, string | readonly string[] | undefined>>,
): UpstreamHeaders {
  const headers: Record<string, string> = {}
  for (const name in raw) {
    if (!isAllowed(name)) continue
    const given = raw[name]
    if (given === undefined) continue
    const value = typeof given === 'string' ? given : given.join(', ')
    if (plainText.test(value)) headers[name] = value
  }
  return headers
}

/** The same without the coding that has been taken off. */
export function withoutCoding(headers: UpstreamHeaders): UpstreamHeaders {
  if (headers['content-encoding'] === undefined) return headers
  const { 'content-encoding': _undone, ...others } = headers
  return others
}

function isAllowed(name: string): boolean {
  return (
    allowed.has(name) ||
    name.startsWith('x-ratelimit-') ||
    name.startsWith('anthropic-ratelimit-') ||
    name.startsWith('ratelimit')
  )
}
