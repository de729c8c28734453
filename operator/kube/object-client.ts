import { isDeepStrictEqual } from 'node:util'
import type { ObjectClient } from '../reconcile/ports.ts'
import type { ApiClient, ApiRequest } from './api-client.ts'
import { hasStatus } from './api-error.ts'
import { ownersOf, withOwnersOf } from './ownership.ts'
import { fieldsOf } from './untrusted.ts'

const fieldManager = 'llm-fallback'

/** Content type of server-side apply; JSON is YAML. */
export const applyPatch = 'application/apply-patch+yaml'

/** @param onOwnersRefused told when the owners of an object had to stay as they were. */
export function createObjectClient(client: ApiClient, onOwnersRefused: () => void): ObjectClient {
  const write = (request: ApiRequest) => writeOwned(client, request, onOwnersRefused)
  return {
    async read(path) {
      try {
        return await client.send({ method: 'GET', path })
      } catch (error) {
        if (hasStatus(error, 404)) return undefined
        throw error
      }
    },
    async create(collection, object) {
      try {
        await client.send({ method: 'POST', path: collection, query: { fieldManager }, body: object })
        return 'created'
      } catch (error) {
        if (hasStatus(error, 409)) return 'exists'
        throw error
      }
    },
    async replace(path, object) {
      try {
        await write({ method: 'PUT', path, query: { fieldManager }, body: object })
        return 'replaced'
      } catch (error) {
        if (hasStatus(error, 409)) return 'conflict'
        if (hasStatus(error, 404)) return 'gone'
        throw error
      }
    },
    async apply(path, object) {
      const query = { fieldManager, force: 'true' }
      await write({ method: 'PATCH', path, query, body: object, contentType: applyPatch })
    },
    async remove(path) {
      try {
        await client.send({ method: 'DELETE', path })
      } catch (error) {
        if (!hasStatus(error, 404)) throw error
      }
    },
  }
}

/**
 * Some clusters let nobody change the owners of what they may not delete (OwnerReferencesPermissionEnforcement). The content
 * matters more: there it is written with the owners that stand. What is made new always gets its owner.
 */
async function writeOwned(client: ApiClient, request: ApiRequest, onRefused: () => void): Promise<void> {
  try {
    await client.send(request)
  } catch (error) {
    if (!hasStatus(error, 403) || ownersOf(request.body).length === 0) throw error
    const stored = await client.send({ method: 'GET', path: request.path }).catch(() => undefined)
    const body = withOwnersOf(fieldsOf(request.body), stored)
    if (stored === undefined || isDeepStrictEqual(body, request.body)) throw error
    await client.send({ ...request, body })
    onRefused()
  }
}
