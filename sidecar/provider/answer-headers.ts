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
])
const allowedPrefixes = ['x-ratelimit-', 'anthropic-ratelimit-', 'ratelimit']

export function readAnswerHeaders(
  raw: Readonly<Record<string, string | string[] | undefined>>,
): UpstreamHeaders {
  const headers: Record<string, string> = {}
  for (const name in raw) {
    const given = raw[name]
    if (given === undefined || !isAllowed(name)) continue
    const value = typeof given === 'string' ? given : given.join(', ')
    if (!/[\r\n\0]/.test(value)) headers[name] = value
  }
  return headers
}

function isAllowed(name: string): boolean {
  return allowed.has(name) || allowedPrefixes.some(prefix => name.startsWith(prefix))
}
