import type { CompletionRequest, JsonObject, Message, NeutralParameter, Tool } from '../completion.ts'
import type { CacheMarks } from './cache-marks.ts'
import { adaptSchema, isClosedSchema } from './schema-limits.ts'

export interface ToolMembers {
  readonly tools?: readonly JsonObject[]
  readonly tool_choice?: JsonObject
}

type Lost = Set<NeutralParameter | string>

/** More strict tools in one request are refused. */
const mostStrictTools = 20

/** `tools` and `tool_choice`, which stand or fall together. */
export function encodeTools(
  request: CompletionRequest,
  context: { readonly lost: Lost; readonly marks: CacheMarks },
): ToolMembers & JsonObject {
  if (request.tools.length === 0) return declareFromHistory(request.messages)
  const strictCount = request.tools.filter(tool => tool.strict === true).length
  const tools = request.tools.map(tool =>
    encodeTool(tool, { ...context, allowsStrict: strictCount <= mostStrictTools }),
  )
  const choice = encodeChoice(request)
  return { tools, ...(choice !== undefined && { tool_choice: choice }) }
}

interface ToolContext {
  readonly lost: Lost
  readonly marks: CacheMarks
  readonly allowsStrict: boolean
}

function encodeTool(tool: Tool, { lost, marks, allowsStrict }: ToolContext): JsonObject {
  const isStrict = tool.strict === true && allowsStrict && acceptsStrict(tool.parameters)
  if (tool.strict === true && !isStrict) lost.add('tools.strict')
  return {
    name: tool.name,
    ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
    input_schema: inputSchema(tool.parameters),
    ...(isStrict && { strict: true }),
    ...(tool.strict === false && { strict: false }),
    ...marks.write(tool.cacheControl, 'tools.cache_control'),
  }
}

function acceptsStrict(parameters: JsonObject): boolean {
  return isClosedSchema(parameters) && adaptSchema(parameters)?.isFaithful === true
}

/** The root has to be an object here; a tool without parameters may have an empty schema elsewhere. */
function inputSchema(parameters: JsonObject): JsonObject {
  return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' }
}

function encodeChoice(request: CompletionRequest): JsonObject | undefined {
  const choice = request.toolChoice
  if (choice?.kind === 'none') return { type: 'none' }
  const parallel = request.parallelToolCalls
  if (choice === undefined && parallel !== false) return undefined
  return {
    ...namedChoice(choice),
    ...(parallel !== undefined && { disable_parallel_tool_use: !parallel }),
  }
}

function namedChoice(choice: CompletionRequest['toolChoice']): JsonObject {
  if (choice?.kind === 'tool') return { type: 'tool', name: choice.name }
  return { type: choice?.kind === 'required' ? 'any' : 'auto' }
}

/** A history with tool calls is refused without declarations: they are declared so that the model may read, but not call them. */
function declareFromHistory(messages: readonly Message[]): ToolMembers & JsonObject {
  const names = new Set<string>()
  for (const message of messages) {
    for (const part of message.content) if (part.kind === 'toolCall') names.add(part.name)
  }
  if (names.size === 0) return {}
  const tools = [...names].map(name => ({ name, input_schema: { type: 'object' } }))
  return { tools, tool_choice: { type: 'none' } }
}
