import type { CompletionRequest, JsonObject, Tool } from '../completion.ts'
import { isGiven, readObject, readRequiredText, readText, requireObject } from '../json-value.ts'
import { toJsonSchema } from './schema-limits.ts'
import { asList, noteForeign, placeOf } from './spellings.ts'

const declarationMembers = new Set(['name', 'description', 'parameters', 'parametersJsonSchema'])

/** Functions that the caller runs. Google's own tools (search, code execution …) cannot leave it and are named as lost. */
export function decodeTools(body: JsonObject, lost: Set<string>): readonly Tool[] {
  return (asList(body.tools) ?? []).flatMap((value, index) => {
    const path = `tools[${index}]`
    const tool = requireObject(value, path)
    for (const name of Object.keys(tool)) {
      if (!/^function_?declarations$/i.test(name) && isGiven(tool[name])) lost.add(`tools.${name}`)
    }
    const place = placeOf(tool, 'functionDeclarations', path)
    return (asList(tool[place.name]) ?? []).map((declared, position) => {
      const declarationPath = `${place.path}[${position}]`
      return decodeDeclaration(requireObject(declared, declarationPath), declarationPath, lost)
    })
  })
}

function decodeDeclaration(declaration: JsonObject, path: string, lost: Set<string>): Tool {
  noteForeign(declaration, { translated: declarationMembers, prefix: 'tools.functionDeclarations' }, lost)
  const description = readText(declaration, 'description', `${path}.description`)
  return {
    name: readRequiredText(declaration, 'name', `${path}.name`),
    ...(description !== undefined && description !== '' && { description }),
    parameters: decodeParameters(declaration, path),
  }
}

/** JSON schema where the caller wrote one, else Google's own dialect of it. A function without either takes nothing. */
function decodeParameters(declaration: JsonObject, path: string): JsonObject {
  const plain = placeOf(declaration, 'parametersJsonSchema', path)
  const schema = readObject(declaration, plain.name, plain.path)
  if (schema !== undefined) return schema
  const own = readObject(declaration, 'parameters', `${path}.parameters`)
  return own === undefined ? { type: 'object', properties: {} } : toJsonSchema(own)
}

const callingMembers = new Set(['mode', 'allowedFunctionNames', 'streamFunctionCallArguments'])
const configMembers = new Set(['functionCallingConfig'])

export function decodeToolChoice(body: JsonObject, lost: Set<string>): Pick<CompletionRequest, 'toolChoice'> {
  const place = placeOf(body, 'toolConfig', '')
  const config = readObject(body, place.name)
  if (config === undefined) return {}
  noteForeign(config, { translated: configMembers, prefix: place.name }, lost)
  const calling = placeOf(config, 'functionCallingConfig', place.path)
  const wish = readObject(config, calling.name, calling.path)
  if (wish === undefined) return {}
  noteForeign(wish, { translated: callingMembers, prefix: calling.path }, lost)
  const modePath = `${calling.path}.mode`
  const mode = readText(wish, 'mode', modePath)?.toUpperCase() ?? ''
  const allowed = placeOf(wish, 'allowedFunctionNames', calling.path)
  const names = (asList(wish[allowed.name]) ?? []).filter(name => typeof name === 'string')
  const [only] = names
  if (mode === 'ANY' && names.length === 1 && only !== undefined) {
    return { toolChoice: { kind: 'tool', name: only } }
  }
  if (names.length > 0) lost.add(allowed.path)
  switch (mode) {
    case 'ANY':
      return { toolChoice: { kind: 'required' } }
    case 'NONE':
      return { toolChoice: { kind: 'none' } }
    case 'AUTO':
      return { toolChoice: { kind: 'auto' } }
    case '':
    case 'MODE_UNSPECIFIED':
      return {}
    default:
      // VALIDATED and whatever comes after it: the model chooses, under rules that nobody else has.
      lost.add(modePath)
      return { toolChoice: { kind: 'auto' } }
  }
}
