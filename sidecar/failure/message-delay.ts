// Waits that providers write into their messages, for the few that do. The message is the provider's own, never an echo.
import type { DialectName } from '../../crds/vocabulary.ts'
import { goDuration, parseGoDurationMs } from './go-duration.ts'

/** OpenAI and Groq: "Please try again in 9m38.016s". */
const tryAgainIn = new RegExp(`please try again in (${goDuration})`, 'i')
/** Azure: "Please retry after 20 seconds". */
const retryAfterSeconds = /please retry after (\d{1,7}) seconds?/i

/** Google's "Please retry in 48.9s" is not among them: it only repeats its `RetryInfo`, rounded otherwise. */
const patterns: Readonly<Partial<Record<DialectName, readonly RegExp[]>>> = {
  // One format, many servers: Azure has a front of it too.
  OpenAI: [tryAgainIn, retryAfterSeconds],
  AzureOpenAI: [tryAgainIn, retryAfterSeconds],
}

/** Milliseconds that a rate-limit message asks to wait; undefined when it names none. */
export function readMessageDelayMs(dialect: DialectName, message: string): number | undefined {
  for (const pattern of patterns[dialect] ?? []) {
    const found = pattern.exec(message)?.[1]
    if (found !== undefined) return /^\d+$/.test(found) ? Number(found) * 1000 : parseGoDurationMs(found)
  }
  return undefined
}
