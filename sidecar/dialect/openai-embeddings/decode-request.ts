// OpenAI's embeddings request, as its many imitators take it too: texts, or tokens of the vendor's own tokenizer.
import type { JsonObject, JsonValue } from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import type { DecodedEmbeddingRequest, EmbeddingInput, EmbeddingRequest } from '../embeddings.ts'
import {
  isFilled,
  isGiven,
  isJsonList,
  readInteger,
  readRequiredText,
  readText,
  refuseMember,
} from '../json-value.ts'
import { readPurpose } from './purposes.ts'

const readMembers = new Set([
  'model',
  'input',
  'dimensions',
  'output_dimension',
  'encoding_format',
  'input_type',
  'user',
])

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this format. */
export function decodeRequest(body: JsonObject, head?: Pick<RequestHead, 'model'>): DecodedEmbeddingRequest {
  const untranslated = new Set<string>()
  for (const name of Object.keys(body)) {
    if (!readMembers.has(name) && isFilled(body[name])) untranslated.add(name)
  }
  const encoding = readText(body, 'encoding_format')
  // Whole numbers and bits are what some imitators squeeze vectors into: nobody else's vectors come like that.
  if (encoding !== undefined && encoding !== 'float' && encoding !== 'base64') {
    untranslated.add('encoding_format')
  }
  const request = readWishes(body, untranslated)
  return {
    request: {
      model: head?.model ?? readRequiredText(body, 'model'),
      inputs: readInputs(body.input),
      ...request,
      untranslated: [...untranslated].sort(),
    },
    spelling: { encoding: encoding === 'base64' ? 'base64' : 'float', raw: {} },
  }
}

type Wishes = Pick<EmbeddingRequest, 'dimensions' | 'purpose' | 'endUser'>

function readWishes(body: JsonObject, untranslated: Set<string>): Wishes {
  // The second name is Mistral's and Voyage's.
  const dimensions = readInteger(body, 'dimensions') ?? readInteger(body, 'output_dimension')
  const endUser = readText(body, 'user')
  const inputType = readText(body, 'input_type')
  const purpose = inputType === undefined ? undefined : readPurpose(inputType)
  if (inputType !== undefined && purpose === undefined) untranslated.add('input_type')
  return {
    ...(dimensions !== undefined && { dimensions }),
    ...(purpose !== undefined && { purpose }),
    ...(endUser !== undefined && { endUser }),
  }
}

function readInputs(input: JsonValue | undefined): readonly EmbeddingInput[] {
  if (typeof input === 'string') return [{ kind: 'text', text: input }]
  if (!isJsonList(input) || input.length === 0) {
    throw refuseMember('input', 'a string or a list with at least one input')
  }
  if (typeof input[0] === 'number') return [{ kind: 'tokens', tokens: readTokens(input, 'input') }]
  return input.map((one, index) => {
    if (typeof one === 'string') return { kind: 'text', text: one }
    const path = `input[${index}]`
    if (!isGiven(one) || !isJsonList(one)) throw refuseMember(path, 'a string or a list of tokens')
    return { kind: 'tokens', tokens: readTokens(one, path) }
  })
}

function readTokens(list: readonly JsonValue[], path: string): readonly number[] {
  return list.map((token, index) => {
    if (typeof token !== 'number' || !Number.isInteger(token)) {
      throw refuseMember(`${path}[${index}]`, 'a whole number')
    }
    return token
  })
}
