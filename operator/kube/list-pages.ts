// A whole collection, page by page, so that no more than one page of full objects is ever in memory.
import type { ApiClient } from './api-client.ts'
import { fieldsOf, headOf, listOf, type ObjectHead, textOf } from './untrusted.ts'

/** Which objects a list or a watch is about. */
export interface Collection {
  /** Such as `/api/v1/pods`. */
  readonly path: string
  /** `fieldSelector`, `labelSelector`. */
  readonly query?: Readonly<Record<string, string>>
}

export interface Page {
  readonly objects: readonly { readonly head: ObjectHead; readonly object: unknown }[]
  /** Of the list as a whole: the same on every page. */
  readonly resourceVersion: string
}

/** Pages are read from etcd's or the cache's latest state, never from a stale one, so that a list never goes back in time. */
export async function* listPages(
  client: ApiClient,
  collection: Collection,
  options: { readonly pageSize: number; readonly signal: AbortSignal },
): AsyncIterable<Page> {
  let next = ''
  do {
    const answer = fieldsOf(
      await client.send({
        method: 'GET',
        path: collection.path,
        query: {
          ...collection.query,
          limit: String(options.pageSize),
          ...(next === '' ? {} : { continue: next }),
        },
        timeoutMs: 60_000,
        signal: options.signal,
      }),
    )
    const metadata = fieldsOf(answer['metadata'])
    yield {
      resourceVersion: textOf(metadata['resourceVersion']),
      objects: listOf(answer['items']).flatMap(object => {
        const head = headOf(object)
        return head === undefined ? [] : [{ head, object }]
      }),
    }
    next = textOf(metadata['continue'])
  } while (next !== '')
}
