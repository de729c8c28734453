// The model list: names that routes match and models that they may serve, in the shape of whoever asks.
import type { JsonObject } from '../dialect/completion.ts'
import type { WireFormat } from '../dialect/dialect.ts'
import { RequestRejected } from '../dialect/request-rejected.ts'
import type { ListedModel, PolicyDoor } from '../policy/ports.ts'

/** @throws RequestRejected 503 `not_ready` while no policy is live. */
export function describeModels(door: PolicyDoor, format: WireFormat): JsonObject {
  const models = listModels(door).map(model => describe(model, format))
  if (format === 'openai-chat') return { object: 'list', data: models }
  const names = models.map(model => model['id'] ?? null)
  return { data: models, has_more: false, first_id: names[0] ?? null, last_id: names.at(-1) ?? null }
}

/** @throws RequestRejected 404 `model_not_found`, or 503 `not_ready`. */
export function describeModel(
  door: PolicyDoor,
  asked: { readonly id: string; readonly format: WireFormat },
): JsonObject {
  const model = listModels(door).find(({ id }) => id === asked.id)
  if (model !== undefined) return describe(model, asked.format)
  throw new RequestRejected(404, 'model_not_found', 'no route names or serves this model', 'model')
}

function listModels(door: PolicyDoor): readonly ListedModel[] {
  if (door.readiness().isReady) return door.listModels()
  throw new RequestRejected(503, 'not_ready', 'no policy is live yet')
}

/** Nobody here knows when a model came into being: the oldest moment stands for that. */
function describe({ id, ownedBy }: ListedModel, format: WireFormat): JsonObject {
  if (format === 'openai-chat') return { id, object: 'model', created: 0, owned_by: ownedBy }
  return { type: 'model', id, display_name: id, created_at: '1970-01-01T00:00:00Z' }
}
