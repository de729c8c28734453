// Tools and tool choice of a Responses request. Functions stand flat here; every other tool runs at the vendor.
import type { CompletionRequest, JsonObject, JsonValue, Tool } from '../completion.ts'
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
  textIn,
} from '../json-value.ts'

type ToolMembers = Pick<CompletionRequest, 'tools' | 'toolChoice'>

export function decodeTools(body: JsonObject, untranslated: Set<string>): ToolMembers {
  const tools: Tool[] = []
  for (const [index, value] of (readList(body, 'tools') ?? []).entries()) {
    const path = `tools[${index}]`
    const tool = requireObject(value, path)
    const kind = readText(tool, 'type', `${path}.type`) ?? 'function'
    if (kind === 'function') tools.push(decodeFunction(tool, path, untranslated))
    else untranslated.add(`tools.${kind}`)
  }
  return applyChoice(body.tool_choice, tools, untranslated)
}

const functionMembers = new Set(['type', 'name', 'description', 'parameters', 'strict'])

function decodeFunction(tool: JsonObject, path: string, untranslated: Set<string>): Tool {
  for (const name of Object.keys(tool)) {
    if (!functionMembers.has(name) && isGiven(tool[name])) untranslated.add(`tools.${name}`)
  }
  const description = readText(tool, 'description', `${path}.description`)
  return {
    name: readRequiredText(tool, 'name', `${path}.name`),
    ...(description !== undefined && { description }),
    // A function without parameters takes an empty object.
    parameters: readObject(tool, 'parameters', `${path}.parameters`) ?? { type: 'object', properties: {} },
    // Left out it means "as far as the schema allows", which is all that others do without being asked.
    ...(readFlag(tool, 'strict', `${path}.strict`) === true && { strict: true }),
  }
}

function applyChoice(
  choice: JsonValue | undefined,
  tools: readonly Tool[],
  untranslated: Set<string>,
): ToolMembers {
  if (!isGiven(choice)) return { tools }
  if (choice === 'none' || choice === 'auto' || choice === 'required')
    return { tools, toolChoice: { kind: choice } }
  if (!isJsonObject(choice)) throw refuseMember('tool_choice', '"none", "auto", "required" or an object')
  if (choice.type === 'function') {
    const name = readRequiredText(choice, 'name', 'tool_choice.name')
    return { tools, toolChoice: { kind: 'tool', name } }
  }
  if (choice.type === 'allowed_tools') return allowOnly(choice, tools, untranslated)
  untranslated.add(`tool_choice.${textIn(choice.type) ?? 'type'}`)
  return { tools }
}

/** Which tools may be called this time: nobody else tells declared and allowed tools apart, so only these are declared. */
function allowOnly(choice: JsonObject, tools: readonly Tool[], untranslated: Set<string>): ToolMembers {
  const path = 'tool_choice.tools'
  const names = new Set<string>()
  for (const [index, value] of (readList(choice, 'tools', path) ?? []).entries()) {
    const allowed = requireObject(value, `${path}[${index}]`)
    if (allowed.type === 'function') names.add(readRequiredText(allowed, 'name', `${path}[${index}].name`))
    else untranslated.add(`tool_choice.${textIn(allowed.type) ?? 'tools'}`)
  }
  const kind = choice.mode === 'required' ? 'required' : 'auto'
  return { tools: tools.filter(tool => names.has(tool.name)), toolChoice: { kind } }
}
