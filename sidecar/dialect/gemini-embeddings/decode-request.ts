// embedContent asks for one vector, batchEmbedContents for one from each of its requests.
import type { JsonObject, JsonValue } from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import type { DecodedEmbeddingRequest, EmbeddingInput, EmbeddingRequest } from '../embeddings.ts'
import { modelOf } from '../gemini-generate/decode-request.ts'
import { asList, noteForeign, placeOf } from '../gemini-generate/spellings.ts'
import {
  isGiven,
  readInteger,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'
import { readTaskType } from './task-types.ts'

/** One request of a batch, or the whole body. */
interface Wish {
  readonly input: EmbeddingInput
  readonly taskType: string | undefined
  readonly dimensions: number | undefined
}

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this format. */
export function decodeRequest(body: JsonObject, head: Pick<RequestHead, 'model'>): DecodedEmbeddingRequest {
  const lost = new Set<string>()
  const isBatch = isGiven(body.requests)
  const wishes = isBatch ? readBatch(body, lost) : [readWish(body, '', lost)]
  const batched = isGiven(body.requests)
    ? requireObject(asList(body.requests)?.[0] ?? {}, 'requests[0]')
    : body
  const model = modelOf(body, head) ?? modelOf(batched, head)
  if (model === undefined) throw refuseMember('model', 'a string')
  const request: EmbeddingRequest = {
    model,
    inputs: wishes.map(wish => wish.input),
    ...readShared(wishes, isBatch ? 'requests.' : '', lost),
    untranslated: [...lost].sort(),
  }
  return { request, spelling: { encoding: 'float', raw: { isBatch } } }
}

function readBatch(body: JsonObject, lost: Set<string>): readonly Wish[] {
  noteForeign(body, { translated: new Set(['requests', 'model']), prefix: '' }, lost)
  const requests = asList(body.requests) ?? []
  if (requests.length === 0) throw refuseMember('requests', 'a list with at least one request')
  return requests.map((value, index) => {
    const path = `requests[${index}]`
    return readWish(requireObject(value, path), path, lost)
  })
}

const wishMembers = new Set(['model', 'content', 'taskType', 'outputDimensionality'])

function readWish(wish: JsonObject, path: string, lost: Set<string>): Wish {
  noteForeign(wish, { translated: wishMembers, prefix: path === '' ? '' : 'requests' }, lost)
  const contentPath = path === '' ? 'content' : `${path}.content`
  const task = placeOf(wish, 'taskType', path)
  const size = placeOf(wish, 'outputDimensionality', path)
  return {
    input: readContent(wish, contentPath, lost),
    taskType: readText(wish, task.name, task.path),
    dimensions: readInteger(wish, size.name, size.path),
  }
}

/** All text of one content makes one vector; a picture makes one where it stands alone. */
function readContent(wish: JsonObject, path: string, lost: Set<string>): EmbeddingInput {
  if (typeof wish.content === 'string') return { kind: 'text', text: wish.content }
  const content = readObject(wish, 'content', path)
  const parts = asList(content?.parts) ?? []
  if (parts.length === 0) throw refuseMember(`${path}.parts`, 'a list with at least one part')
  const read = parts.map((part, index) => readPart(part, `${path}.parts[${index}]`))
  const [only] = read
  if (read.length === 1 && only !== undefined) return only
  if (read.some(part => part.kind !== 'text')) lost.add(`${path.replace(/\[\d+\]/g, '')}.parts.inlineData`)
  return { kind: 'text', text: read.map(part => (part.kind === 'text' ? part.text : '')).join('\n') }
}

function readPart(value: JsonValue, path: string): EmbeddingInput {
  if (typeof value === 'string') return { kind: 'text', text: value }
  const part = requireObject(value, path)
  const place = placeOf(part, 'inlineData', path)
  const blob = readObject(part, place.name, place.path)
  if (blob === undefined) return { kind: 'text', text: readRequiredText(part, 'text', `${path}.text`) }
  const type = placeOf(blob, 'mimeType', place.path)
  const mediaType = readRequiredText(blob, type.name, type.path)
  return { kind: 'image', mediaType, data: readRequiredText(blob, 'data', `${place.path}.data`) }
}

/** The neutral form says these once for all inputs: a batch that is not of one mind loses them. */
function readShared(
  wishes: readonly Wish[],
  prefix: string,
  lost: Set<string>,
): Pick<EmbeddingRequest, 'dimensions' | 'purpose'> {
  const [first] = wishes
  const agrees = (name: 'taskType' | 'dimensions') => wishes.every(wish => wish[name] === first?.[name])
  if (!agrees('dimensions')) lost.add(`${prefix}outputDimensionality`)
  const dimensions = agrees('dimensions') ? first?.dimensions : undefined
  const taskType = agrees('taskType') ? first?.taskType : undefined
  const purpose = taskType === undefined ? undefined : readTaskType(taskType)
  const saysNothing = taskType === undefined || taskType === 'TASK_TYPE_UNSPECIFIED'
  if (!agrees('taskType') || (purpose === undefined && !saysNothing)) lost.add(`${prefix}taskType`)
  return {
    ...(dimensions !== undefined && { dimensions }),
    ...(purpose !== undefined && { purpose }),
  }
}
