// The model list: names that routes match and models that they may serve, in the shape of whoever asks.
import type { JsonObject } from '../dialect/completion.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { ListedModel, PolicyDoor } from '../policy/ports.ts'
import type { FoundModelList } from './surfaces.ts'

/** @throws RequestRejected 503 `not_ready` while no policy is live, 404 `model_not_found` for a model that nobody knows. */
export function describeModels(door: PolicyDoor, { list, id }: FoundModelList): JsonObject {
  const models = listModels(door)
  if (id === undefined) return list.describeAll(models)
  const name = decoded(id)
  const model = models.find(one => one.id === name)
  if (model !== undefined) return list.describe(model)
  throw new RequestRejected(404, 'model_not_found', 'no route names or serves this model', 'model')
}

function listModels(door: PolicyDoor): readonly ListedModel[] {
  if (door.readiness().isReady) return door.listModels()
  throw new RequestRejected(503, 'not_ready', 'no policy is live yet')
}

/** A name that cannot be decoded is one that no policy has. */
function decoded(id: string): string {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}
