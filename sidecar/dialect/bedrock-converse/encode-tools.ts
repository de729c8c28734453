import { adaptSchema, isClosedSchema } from '../anthropic-messages/schema-limits.ts'
import type {
  CompletionRequest,
  JsonObject,
  JsonValue,
  Message,
  NeutralParameter,
  Tool,
} from '../completion.ts'
import { answerTool } from './answer-tool.ts'
import type { CachePoints } from './cache-points.ts'
import type { ModelHabits } from './model-habits.ts'

export interface ToolContext {
  readonly lost: Set<NeutralParameter | string>
  readonly points: CachePoints
  readonly habits: ModelHabits
  /** The schema of an answer that has to come as the input of a tool. */
  readonly answerSchema?: JsonObject
}

/** More strict tools in one request are refused. */
const mostStrictTools = 20

/** `toolConfig`; undefined for a request without tools. */
export function encodeTools(request: CompletionRequest, context: ToolContext): JsonObject | undefined {
  const { answerSchema } = context
  const declared = declare(request, context)
  const tools = [
    ...declared,
    ...(answerSchema === undefined
      ? []
      : [toolSpec({ name: answerTool, inputSchema: { json: answerSchema } })]),
  ]
  if (tools.length === 0) return undefined
  const choice = encodeChoice(request, { ...context, hasTools: declared.length > 0 })
  return { tools, ...(choice !== undefined && { toolChoice: choice }) }
}

function toolSpec(spec: JsonObject): JsonObject {
  return { toolSpec: spec }
}

function declare(request: CompletionRequest, context: ToolContext): readonly JsonObject[] {
  const called = calledTools(request.messages)
  // The wire has no way to forbid calls: tools that may not be called are left out, unless the history needs them.
  const isForbidden = request.toolChoice?.kind === 'none'
  if (request.tools.length > 0 && !(isForbidden && called.size === 0)) {
    if (isForbidden) context.lost.add('toolChoice')
    const strictCount = request.tools.filter(tool => tool.strict === true).length
    const allowsStrict = context.habits.enforcesSchemas && strictCount <= mostStrictTools
    return request.tools.flatMap(tool => [
      encodeTool(tool, allowsStrict, context.lost),
      ...context.points.after(tool.cacheControl, 'tools.cache_control'),
    ])
  }
  // A history with tool calls is refused without declarations.
  return [...called].map(name => toolSpec({ name, inputSchema: { json: { type: 'object' } } }))
}

function calledTools(messages: readonly Message[]): ReadonlySet<string> {
  const names = new Set<string>()
  for (const message of messages) {
    for (const part of message.content) if (part.kind === 'toolCall') names.add(part.name)
  }
  return names
}

function encodeTool(tool: Tool, allowsStrict: boolean, lost: Set<NeutralParameter | string>): JsonObject {
  const isStrict = tool.strict === true && allowsStrict && acceptsStrict(tool.parameters)
  if (tool.strict === true && !isStrict) lost.add('tools.strict')
  return toolSpec({
    name: tool.name,
    ...(tool.description !== undefined && tool.description !== '' && { description: tool.description }),
    inputSchema: { json: inputSchema(tool.parameters) },
    ...(isStrict && { strict: true }),
    ...(tool.strict === false && allowsStrict && { strict: false }),
  })
}

function acceptsStrict(parameters: JsonObject): boolean {
  return isClosedSchema(parameters) && adaptSchema(parameters)?.isFaithful === true
}

/** The root has to be an object here; a tool without parameters may have an empty schema elsewhere. */
function inputSchema(parameters: JsonObject): JsonValue {
  return parameters['type'] === 'object' ? parameters : { ...parameters, type: 'object' }
}

function encodeChoice(
  request: CompletionRequest,
  { answerSchema, hasTools, lost }: ToolContext & { readonly hasTools: boolean },
): JsonObject | undefined {
  const choice = request.toolChoice
  if (request.parallelToolCalls === false) lost.add('parallelToolCalls')
  if (answerSchema !== undefined) {
    // Either the answer or, where there are tools to call, one of these.
    return hasTools && choice?.kind !== 'none' ? { any: {} } : { tool: { name: answerTool } }
  }
  switch (choice?.kind) {
    case 'auto':
      return { auto: {} }
    case 'required':
      return { any: {} }
    case 'tool':
      return { tool: { name: choice.name } }
    default:
      return undefined
  }
}
