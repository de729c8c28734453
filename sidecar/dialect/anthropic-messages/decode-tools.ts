import type { CompletionRequest, JsonObject, JsonValue, Tool, ToolChoice } from '../completion.ts'
import { isGiven, textIn } from '../json-value.ts'
import { readMark } from './cache-marks.ts'
import { reject, requireList, requireObject, requireText } from './json-reading.ts'
import { isClosedSchema } from './schema-limits.ts'

const translated = new Set(['type', 'name', 'description', 'input_schema', 'strict', 'cache_control'])

/** Tools that the caller runs. Those of the vendor (`web_search_20250305` …) cannot leave it and are named as lost. */
export function decodeTools(value: JsonValue | undefined, lost: Set<string>): readonly Tool[] {
  if (!isGiven(value)) return []
  const tools: Tool[] = []
  for (const [index, entry] of requireList(value, 'tools').entries()) {
    const path = `tools[${index}]`
    const tool = requireObject(entry, path)
    const type = textIn(tool['type'])
    if (type !== undefined && type !== 'custom') lost.add(`tools.${type}`)
    else tools.push(decodeTool(tool, path, lost))
  }
  return tools
}

function decodeTool(tool: JsonObject, path: string, lost: Set<string>): Tool {
  for (const [name, value] of Object.entries(tool)) {
    if (!translated.has(name) && isGiven(value)) lost.add(`tools.${name}`)
  }
  const description = textIn(tool['description'])
  const parameters = requireObject(tool['input_schema'], `${path}.input_schema`)
  return {
    name: requireText(tool['name'], `${path}.name`),
    ...(description !== undefined && { description }),
    parameters,
    ...decodeStrict(tool['strict'], parameters, lost),
    ...readMark(tool['cache_control']),
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
  lost.add('tools.strict')
  return {}
}

export function decodeToolChoice(
  value: JsonValue | undefined,
): Pick<CompletionRequest, 'toolChoice' | 'parallelToolCalls'> {
  if (!isGiven(value)) return {}
  const choice = requireObject(value, 'tool_choice')
  const oneAtATime = choice['disable_parallel_tool_use']
  return {
    toolChoice: choiceOf(choice),
    ...(typeof oneAtATime === 'boolean' && { parallelToolCalls: !oneAtATime }),
  }
}

function choiceOf(choice: JsonObject): ToolChoice {
  switch (choice['type']) {
    case 'auto':
      return { kind: 'auto' }
    case 'any':
      return { kind: 'required' }
    case 'none':
      return { kind: 'none' }
    case 'tool':
      return { kind: 'tool', name: requireText(choice['name'], 'tool_choice.name') }
    default:
      return reject('tool_choice.type', 'one of auto, any, tool, none')
  }
}
