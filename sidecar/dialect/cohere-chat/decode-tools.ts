import type { JsonObject, Tool, ToolChoice } from '../completion.ts'
import {
  isGiven,
  readFlag,
  readList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'

/** Strictness is said once for all tools here. */
export function decodeTools(body: JsonObject, untranslated: Set<string>): readonly Tool[] {
  const strict = readFlag(body, 'strict_tools')
  const tools: Tool[] = []
  for (const [index, value] of (readList(body, 'tools') ?? []).entries()) {
    const path = `tools[${index}]`
    const tool = requireObject(value, path)
    const kind = readText(tool, 'type', `${path}.type`) ?? 'function'
    if (kind !== 'function') {
      untranslated.add(`tools.${kind}`)
      continue
    }
    const described = readObject(tool, 'function', `${path}.function`)
    if (described === undefined) throw refuseMember(`${path}.function`, 'an object')
    tools.push({
      ...decodeFunction(described, `${path}.function`),
      ...(strict === true && { strict }),
    })
  }
  return tools
}

function decodeFunction(described: JsonObject, path: string): Tool {
  const description = readText(described, 'description', `${path}.description`)
  return {
    name: readRequiredText(described, 'name', `${path}.name`),
    ...(description !== undefined && { description }),
    parameters: readObject(described, 'parameters', `${path}.parameters`) ?? {
      type: 'object',
      properties: {},
    },
  }
}

export function decodeToolChoice(body: JsonObject): ToolChoice | undefined {
  const choice = body.tool_choice
  if (!isGiven(choice)) return undefined
  if (choice === 'REQUIRED') return { kind: 'required' }
  if (choice === 'NONE') return { kind: 'none' }
  throw refuseMember('tool_choice', '"REQUIRED" or "NONE"')
}
