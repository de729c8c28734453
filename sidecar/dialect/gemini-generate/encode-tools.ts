import type { CompletionRequest, JsonObject, Tool, ToolChoice } from '../completion.ts'
import type { Lost } from './encode-parts.ts'
import { fitSchema } from './schema-limits.ts'

/** `tools` and `toolConfig`, which stand or fall together. */
export function encodeTools(request: CompletionRequest, lost: Lost): JsonObject {
  if (request.parallelToolCalls === false && request.tools.length > 0) lost.add('parallelToolCalls')
  if (request.tools.length === 0) return {}
  const choice = request.toolChoice
  return {
    tools: [{ functionDeclarations: request.tools.map(tool => encodeTool(tool, lost)) }],
    ...(choice !== undefined && { toolConfig: { functionCallingConfig: encodeChoice(choice) } }),
  }
}

function encodeTool(tool: Tool, lost: Lost): JsonObject {
  // Arguments are guided by their schema, but only a forced call is held to it.
  if (tool.strict === true) lost.add('tools.strict')
  if (tool.cacheControl !== undefined) lost.add('tools.cache_control')
  return {
    name: tool.name,
    ...(tool.description !== undefined && { description: tool.description }),
    parametersJsonSchema: fitSchema(tool.parameters).schema,
  }
}

function encodeChoice(choice: ToolChoice): JsonObject {
  switch (choice.kind) {
    case 'none':
      return { mode: 'NONE' }
    case 'auto':
      return { mode: 'AUTO' }
    case 'required':
      return { mode: 'ANY' }
    case 'tool':
      return { mode: 'ANY', allowedFunctionNames: [choice.name] }
  }
}
