import { isClosedSchema } from '../anthropic-messages/schema-limits.ts'
import type { CompletionRequest, JsonObject, JsonValue, Tool, ToolChoice } from '../completion.ts'
import { isGiven, textIn } from '../json-value.ts'
import { cacheControlOf } from './decode-messages.ts'
import { readUnion, reject, requireList, requireObject, requireText } from './json-reading.ts'

/** `toolConfig`. Tools that the service runs itself cannot leave it and are named as lost. */
export function decodeTools(
  value: JsonValue | undefined,
  lost: Set<string>,
): Pick<CompletionRequest, 'tools' | 'toolChoice'> {
  if (!isGiven(value)) return { tools: [] }
  const config = requireObject(value, 'toolConfig')
  const tools: Tool[] = []
  const list = isGiven(config['tools']) ? requireList(config['tools'], 'toolConfig.tools') : []
  for (const [index, entry] of list.entries()) {
    const path = `toolConfig.tools[${index}]`
    const tool = readUnion(requireObject(entry, path))
    if (tool?.kind === 'toolSpec')
      tools.push(decodeTool(requireObject(tool.value, `${path}.toolSpec`), path, lost))
    else if (tool?.kind === 'cachePoint') markCached(tools, tool.value, lost)
    else if (tool === undefined) reject(path, 'an object with toolSpec')
    else lost.add(`toolConfig.tools.${tool.kind}`)
  }
  const toolChoice = decodeToolChoice(config['toolChoice'])
  return { tools, ...(toolChoice !== undefined && { toolChoice }) }
}

function markCached(tools: Tool[], value: JsonValue, lost: Set<string>): void {
  const last = tools.at(-1)
  if (last === undefined) lost.add('toolConfig.tools.cachePoint')
  else tools.splice(-1, 1, { ...last, cacheControl: cacheControlOf(value) })
}

function decodeTool(spec: JsonObject, path: string, lost: Set<string>): Tool {
  const schemaPath = `${path}.toolSpec.inputSchema`
  const parameters = requireObject(
    requireObject(spec['inputSchema'], schemaPath)['json'],
    `${schemaPath}.json`,
  )
  const description = textIn(spec['description'])
  return {
    name: requireText(spec['name'], `${path}.toolSpec.name`),
    ...(description !== undefined && { description }),
    parameters,
    ...decodeStrict(spec['strict'], parameters, lost),
  }
}

function decodeStrict(
  value: JsonValue | undefined,
  parameters: JsonObject,
  lost: Set<string>,
): { readonly strict?: boolean } {
  if (typeof value !== 'boolean') return {}
  // Strict tools may have optional members here, which other vendors refuse to take as strict.
  if (!value || isClosedSchema(parameters)) return { strict: value }
  lost.add('toolConfig.tools.toolSpec.strict')
  return {}
}

function decodeToolChoice(value: JsonValue | undefined): ToolChoice | undefined {
  if (!isGiven(value)) return undefined
  const choice = readUnion(requireObject(value, 'toolConfig.toolChoice'))
  switch (choice?.kind) {
    case undefined:
      return undefined
    case 'auto':
      return { kind: 'auto' }
    case 'any':
      return { kind: 'required' }
    case 'tool': {
      const path = 'toolConfig.toolChoice.tool'
      return { kind: 'tool', name: requireText(requireObject(choice.value, path)['name'], `${path}.name`) }
    }
    default:
      return reject('toolConfig.toolChoice', 'an object with one of auto, any, tool')
  }
}
