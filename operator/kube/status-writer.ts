import { apiVersion } from '../../crds/resources/resource.ts'
import type { ResourceId, ResourceStatus, StatusWriter } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { ApiError, hasStatus } from './api-error.ts'
import { applyPatch } from './object-client.ts'
import { resourcePath } from './resource-paths.ts'
import { headOf } from './untrusted.ts'

/** Apart from the other manager, so that a forced apply of a status never takes part of a spec along. */
const fieldManager = 'llm-fallback-status'
/** How often an edit may come in between. */
const mostAttempts = 3
const timeoutMs = 10_000

/**
 * Rejects with `ApiError`: 404 when the object is gone, 409 when a namesake has taken its place.
 *
 * The API server does not look at the uid in a status that is applied, and would make nobody the wiser. So the object is read
 * first, and the apply carries the resourceVersion that was read, which the API server does compare.
 *
 * @param mayRetry asked after a conflict: whoever came in between may have been the replica that leads by now.
 */
export function createStatusWriter(client: ApiClient, mayRetry: () => boolean): StatusWriter {
  const readVersion = async (id: ResourceId, uid: string): Promise<string> => {
    const path = resourcePath(id)
    const head = headOf(await client.send({ method: 'GET', path, timeoutMs }))
    if (head?.uid === uid) return head.resourceVersion
    const message = `${path}: another object has this name now; its status is left alone`
    throw new ApiError({ status: 409, reason: 'Namesake', message })
  }
  const applyTo = async (id: ResourceId, resourceVersion: string, status: ResourceStatus): Promise<void> => {
    const { kind, namespace, name } = id
    const metadata = { name, resourceVersion, ...(namespace === '' ? {} : { namespace }) }
    await client.send({
      method: 'PATCH',
      path: `${resourcePath(id)}/status`,
      query: { fieldManager, force: 'true' },
      contentType: applyPatch,
      body: { apiVersion, kind, metadata, status },
      timeoutMs,
    })
  }
  return {
    async apply(id, uid, status) {
      for (let attempt = 1; ; attempt += 1) {
        const version = await readVersion(id, uid)
        try {
          return await applyTo(id, version, status)
        } catch (error) {
          if (!hasStatus(error, 409) || attempt === mostAttempts || !mayRetry()) throw error
        }
      }
    },
  }
}
