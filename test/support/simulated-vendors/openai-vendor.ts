// A simulated OpenAI: chat completions, whole and streamed, and the list of models.
import type { Fault } from './faults.ts'
import { isRecord, type JsonRecord, numberOf, parseRecord, recordOf, recordsOf, textOf } from './json.ts'
import { sendWholeCompletion, streamCompletion } from './openai-answers.ts'
import * as errors from './openai-errors.ts'
import { type AskedTool, planAnswer, type Question } from './plan-answer.ts'
import {
  bearerOf,
  type SimulatedVendor,
  sendJson,
  startVendor,
  type VendorCall,
  type VendorOptions,
} from './vendor-server.ts'

export const openAiModels = ['gpt-4o', 'gpt-4o-mini', 'gpt-5'] as const

/** @returns a vendor whose `baseUrl` ends in `/v1`, as OpenAI's own does. */
export function startSimulatedOpenAi(options: VendorOptions): Promise<SimulatedVendor> {
  return startVendor(options, '/v1', answerOpenAiCall)
}

/** Public for vendors that serve more of OpenAI's API, or the same behind other paths. */
export async function answerOpenAiCall(call: VendorCall): Promise<void> {
  if (!call.accepts(bearerOf(call))) return errors.sendKeyProblem(call)
  if (call.method === 'GET' && call.path === '/v1/models') return sendModels(call)
  if (call.method === 'POST' && call.path === '/v1/chat/completions') return complete(call)
  return errors.sendUnknownPath(call)
}

function sendModels(call: VendorCall): void {
  const data = openAiModels.map(id => ({ id, object: 'model', created: 1_715_367_049, owned_by: 'system' }))
  sendJson(call, 200, { object: 'list', data }, errors.requestIdHeader(call))
}

async function complete(call: VendorCall): Promise<void> {
  const body = parseRecord(call.body)
  if (body === undefined)
    return errors.sendBadRequest(call, 'We could not parse the JSON body of your request.', 'body')
  const model = textOf(body['model'])
  if (model === undefined) return errors.sendBadRequest(call, 'you must provide a model parameter', 'model')
  if (recordsOf(body['messages']).length === 0) {
    return errors.sendBadRequest(call, "Missing required parameter: 'messages'.", 'messages')
  }
  const isStream = body['stream'] === true
  const fault = call.meet(model, isStream)
  if (!openAiModels.some(known => known === model)) return errors.sendUnknownModel(call, model)
  if (sendFault(call, fault, model)) return
  const question = readQuestion(body, model)
  const answer = planAnswer(question)
  if (!isStream) return sendWholeCompletion({ call, question, answer, fault })
  const includeUsage = recordOf(body['stream_options'])['include_usage'] === true
  await streamCompletion({ call, question, answer, fault, includeUsage })
}

/** Answers the faults that leave no room for an answer; true when it did. */
function sendFault(call: VendorCall, fault: Fault, model: string): boolean {
  switch (fault) {
    case 'rate-limited':
      errors.sendRateLimit(call, model)
      return true
    case 'server-error':
      errors.sendServerError(call)
      return true
    case 'overloaded':
      errors.sendOverload(call, 503)
      return true
    case 'overloaded-529':
      errors.sendOverload(call, 529)
      return true
    case 'context-overflow':
      errors.sendContextOverflow(call)
      return true
    case 'silent':
      return true
    default:
      return false
  }
}

function readQuestion(body: JsonRecord, model: string): Question {
  const messages = recordsOf(body['messages'])
  const isAfterResults = messages.at(-1)?.['role'] === 'tool'
  const mayCall = !isAfterResults && body['tool_choice'] !== 'none'
  const answerSchema = recordOf(recordOf(body['response_format'])['json_schema'])['schema']
  const maxTokens = numberOf(body['max_completion_tokens']) ?? numberOf(body['max_tokens'])
  return {
    vendor: 'simulated OpenAI',
    model,
    tools: mayCall ? readTools(body) : [],
    mayCallInParallel: body['parallel_tool_calls'] !== false,
    promptCharacters: JSON.stringify(messages).length,
    ...(isRecord(answerSchema) ? { answerSchema } : {}),
    ...(maxTokens === undefined ? {} : { maxTokens }),
  }
}

function readTools(body: JsonRecord): readonly AskedTool[] {
  return recordsOf(body['tools'])
    .map(tool => recordOf(tool['function']))
    .map(definition => ({
      name: textOf(definition['name']) ?? '',
      schema: recordOf(definition['parameters']),
    }))
}
