import type { CallerFormat } from '../dialect/dialect.ts'
import type { HeaderRecord } from './response-headers.ts'
import { printableAscii } from './structured-field.ts'
import type { ErrorShape } from './surfaces.ts'

/**
 * The request id under the name that the vendor's client shows to people: the provider's own where its bytes are
 * passed on, ours elsewhere. No other header of a provider reaches the caller: limits and costs there are the pod's.
 */
export function requestIdHeader(
  { habits }: Pick<CallerFormat, 'habits'>,
  ids: { readonly own: string; readonly upstream: Readonly<Record<string, string>> | undefined },
): HeaderRecord {
  const name = habits.requestIdHeader
  return { [name]: printableAscii(ids.upstream?.[name] ?? ids.own) }
}

/** For a request that was refused before its walk: our id under our name and under the one that its client shows. */
export function refusedRequestIds({ habits }: ErrorShape, id: string): HeaderRecord {
  const own = printableAscii(id)
  const shown = habits && requestIdHeader({ habits }, { own, upstream: undefined })
  return { 'x-llm-fallback-request-id': own, ...shown }
}
