import type { ObjectClient } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { hasStatus } from './api-error.ts'

const fieldManager = 'llm-fallback'

/** Content type of server-side apply; JSON is YAML. */
export const applyPatch = 'application/apply-patch+yaml'

export function createObjectClient(client: ApiClient): ObjectClient {
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
        await client.send({ method: 'PUT', path, query: { fieldManager }, body: object })
        return 'replaced'
      } catch (error) {
        if (hasStatus(error, 409)) return 'conflict'
        if (hasStatus(error, 404)) return 'gone'
        throw error
      }
    },
    async apply(path, object) {
      const query = { fieldManager, force: 'true' }
      await client.send({ method: 'PATCH', path, query, body: object, contentType: applyPatch })
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
