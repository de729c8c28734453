import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  ReasoningWish,
  ResponseFormat,
} from '../completion.ts'
import type { RequestHead } from '../dialect.ts'
import { isGiven, isJsonList, isJsonObject, readInteger, readNumber, textIn } from '../json-value.ts'
import { decodeMessages, decodeSystem } from './decode-messages.ts'
import { decodeToolChoice, decodeTools } from './decode-tools.ts'
import { reject, requireObject, requireText } from './json-reading.ts'
import { isClosedSchema } from './schema-limits.ts'

/** Members that the neutral form has a word for; the names of all others are lost on a hop to another vendor. */
const translated = new Set([
  'model',
  'stream',
  'messages',
  'system',
  'max_tokens',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'tools',
  'tool_choice',
  'thinking',
  'output_config',
  'output_format',
  'metadata',
  'service_tier',
])

/** @throws RequestRejected naming the JSON path when the body cannot be a request of this dialect. */
export function decodeRequest(body: JsonObject, head?: Pick<RequestHead, 'model'>): CompletionRequest {
  const lost = new Set<string>()
  for (const [name, value] of Object.entries(body)) {
    if (!translated.has(name) && isGiven(value)) lost.add(name)
  }
  const model = head?.model ?? requireText(body['model'], 'model')
  const messages = [...decodeSystem(body['system']), ...decodeMessages(body['messages'], lost)]
  const request = {
    model,
    stream: body['stream'] === true,
    messages,
    tools: decodeTools(body['tools'], lost),
    ...decodeToolChoice(body['tool_choice']),
    ...decodeSampling(body),
    ...decodeOutput(body, lost),
    ...decodeOrigin(body, lost),
  }
  return { ...request, untranslated: [...lost] }
}

function decodeSampling(body: JsonObject): Partial<CompletionRequest> {
  const maxOutputTokens = readInteger(body, 'max_tokens')
  const temperature = readNumber(body, 'temperature')
  const topP = readNumber(body, 'top_p')
  const topK = readInteger(body, 'top_k')
  const stop = decodeStop(body['stop_sequences'])
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { topP }),
    ...(topK !== undefined && { topK }),
    ...(stop.length > 0 && { stop }),
  }
}

function decodeStop(value: JsonValue | undefined): readonly string[] {
  if (!isGiven(value)) return []
  if (!isJsonList(value)) return reject('stop_sequences', 'a list of strings')
  return value.map((word, index) => requireText(word, `stop_sequences[${index}]`))
}

function decodeOutput(body: JsonObject, lost: Set<string>): Partial<CompletionRequest> {
  const config = body['output_config']
  const output = isGiven(config) ? requireObject(config, 'output_config') : {}
  for (const [name, value] of Object.entries(output)) {
    if (name !== 'format' && name !== 'effort' && isGiven(value)) lost.add(`output_config.${name}`)
  }
  // `output_format` is the name that the same thing had before it moved.
  const responseFormat =
    decodeFormat(output['format'], 'output_config.format', lost) ??
    decodeFormat(body['output_format'], 'output_format', lost)
  const reasoning = decodeThinking(body['thinking'], textIn(output['effort']), lost)
  return {
    ...(responseFormat !== undefined && { responseFormat }),
    ...(reasoning !== undefined && { reasoning }),
  }
}

function decodeFormat(
  value: JsonValue | undefined,
  path: string,
  lost: Set<string>,
): ResponseFormat | undefined {
  if (!isGiven(value)) return undefined
  const format = requireObject(value, path)
  if (format['type'] !== 'json_schema') {
    lost.add(path)
    return undefined
  }
  const schema = requireObject(format['schema'], `${path}.schema`)
  // Always enforced by this vendor, but an open schema is more than the strict mode of others takes.
  return {
    kind: 'jsonSchema',
    name: textIn(format['name']) ?? 'answer',
    schema,
    ...(isClosedSchema(schema) && { strict: true }),
  }
}

function decodeThinking(
  value: JsonValue | undefined,
  effort: string | undefined,
  lost: Set<string>,
): ReasoningWish | undefined {
  if (!isGiven(value)) return effort === undefined ? undefined : { effort }
  const thinking = requireObject(value, 'thinking')
  if (isGiven(thinking['display'])) lost.add('thinking.display')
  if (thinking['type'] === 'disabled') return effort === undefined ? undefined : { effort }
  const budgetTokens = readInteger(thinking, 'budget_tokens', 'thinking.budget_tokens')
  return { ...(effort !== undefined && { effort }), ...(budgetTokens !== undefined && { budgetTokens }) }
}

function decodeOrigin(body: JsonObject, lost: Set<string>): Partial<CompletionRequest> {
  const metadata = body['metadata']
  if (isJsonObject(metadata)) {
    for (const [name, value] of Object.entries(metadata)) {
      if (name !== 'user_id' && isGiven(value)) lost.add(`metadata.${name}`)
    }
  }
  const endUser = isJsonObject(metadata) ? textIn(metadata['user_id']) : undefined
  const serviceTier = textIn(body['service_tier'])
  return { ...(endUser !== undefined && { endUser }), ...(serviceTier !== undefined && { serviceTier }) }
}
