// Tools and tool choice of a chat request, in today's form and in the form before it (`functions`, `function_call`).
import type { JsonObject, JsonValue, Tool, ToolChoice } from '../completion.ts'
import {
  isGiven,
  isJsonObject,
  readFlag,
  readList,
  readObject,
  readRequiredText,
  readText,
  refuseMember,
  requireObject,
} from '../json-value.ts'

export function decodeTools(body: JsonObject, untranslated: Set<string>): readonly Tool[] {
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
    tools.push(decodeFunction(described, `${path}.function`))
    for (const name of Object.keys(tool)) {
      if (name !== 'type' && name !== 'function' && isGiven(tool[name])) untranslated.add(`tools.${name}`)
    }
  }
  for (const [index, value] of (readList(body, 'functions') ?? []).entries()) {
    tools.push(decodeFunction(requireObject(value, `functions[${index}]`), `functions[${index}]`))
  }
  return tools
}

function decodeFunction(described: JsonObject, path: string): Tool {
  const description = readText(described, 'description', `${path}.description`)
  const strict = readFlag(described, 'strict', `${path}.strict`)
  return {
    name: readRequiredText(described, 'name', `${path}.name`),
    ...(description !== undefined && { description }),
    // A function without parameters takes an empty object.
    parameters: readObject(described, 'parameters', `${path}.parameters`) ?? {
      type: 'object',
      properties: {},
    },
    ...(strict !== undefined && { strict }),
  }
}

export function decodeToolChoice(body: JsonObject, untranslated: Set<string>): ToolChoice | undefined {
  const choice = body.tool_choice
  if (!isGiven(choice)) return decodeLegacyChoice(body.function_call)
  if (choice === 'none' || choice === 'auto' || choice === 'required') return { kind: choice }
  // Mistral's clients.
  if (choice === 'any') return { kind: 'required' }
  if (!isJsonObject(choice)) throw refuseMember('tool_choice', '"none", "auto", "required" or an object')
  if (isJsonObject(choice.function)) {
    return { kind: 'tool', name: readRequiredText(choice.function, 'name', 'tool_choice.function.name') }
  }
  untranslated.add(typeof choice.type === 'string' ? `tool_choice.${choice.type}` : 'tool_choice')
  return undefined
}

function decodeLegacyChoice(choice: JsonValue | undefined): ToolChoice | undefined {
  if (!isGiven(choice)) return undefined
  if (choice === 'none' || choice === 'auto') return { kind: choice }
  if (!isJsonObject(choice)) throw refuseMember('function_call', '"none", "auto" or an object')
  return { kind: 'tool', name: readRequiredText(choice, 'name', 'function_call.name') }
}
