// A simulated Anthropic: messages, whole and streamed, and token counts.
import { sendWholeMessage, streamMessage } from './anthropic-answers.ts'
import * as errors from './anthropic-errors.ts'
import type { Fault } from './faults.ts'
import { isRecord, type JsonRecord, numberOf, parseRecord, recordOf, recordsOf, textOf } from './json.ts'
import { type AskedTool, inputTokens, planAnswer, type Question } from './plan-answer.ts'
import {
  bearerOf,
  type SimulatedVendor,
  sendJson,
  startVendor,
  type VendorCall,
  type VendorOptions,
} from './vendor-server.ts'

export const anthropicModels = ['claude-sonnet-4-5', 'claude-haiku-4-5'] as const

/** The version whose requests may not carry sampling parameters any more. */
const versionWithoutSampling = '2026-10-21'

/** @returns a vendor whose `baseUrl` has no path, as Anthropic's own has none. */
export function startSimulatedAnthropic(options: VendorOptions): Promise<SimulatedVendor> {
  return startVendor(options, '', answerCall)
}

async function answerCall(call: VendorCall): Promise<void> {
  if (!call.accepts(call.headers['x-api-key'] ?? bearerOf(call))) return errors.sendKeyProblem(call)
  if (call.method !== 'POST') return errors.sendUnknownPath(call)
  if (call.path === '/v1/messages') return answerMessage(call)
  if (call.path === '/v1/messages/count_tokens') return countTokens(call)
  return errors.sendUnknownPath(call)
}

/** The request's body and model, or undefined when it has been refused. */
function readRequest(call: VendorCall): { body: JsonRecord; model: string } | undefined {
  const body = parseRecord(call.body)
  const model = textOf(body?.['model'])
  const problem = problemOf(call, body)
  if (problem !== undefined) errors.sendBadRequest(call, problem)
  else if (body !== undefined && model !== undefined) return { body, model }
  return undefined
}

function problemOf(call: VendorCall, body: JsonRecord | undefined): string | undefined {
  if (call.headers['anthropic-version'] === undefined) return 'anthropic-version: header is required'
  if (body === undefined) return 'The request body is not valid JSON'
  if (textOf(body['model']) === undefined) return 'model: Field required'
  if (recordsOf(body['messages']).length === 0) return 'messages: at least one message is required'
  return undefined
}

async function answerMessage(call: VendorCall): Promise<void> {
  const request = readRequest(call)
  if (request === undefined) return
  const { body, model } = request
  const maxTokens = numberOf(body['max_tokens'])
  if (maxTokens === undefined) return errors.sendBadRequest(call, 'max_tokens: Field required')
  if (hasForbiddenSampling(call, body)) {
    return errors.sendBadRequest(call, 'temperature: sampling parameters are not supported')
  }
  const isStream = body['stream'] === true
  const fault = call.meet(model, isStream)
  if (!anthropicModels.some(known => known === model)) return errors.sendUnknownModel(call, model)
  if (sendFault(call, fault)) return
  const question = readQuestion(body, model, maxTokens)
  const given = { call, question, answer: planAnswer(question), fault }
  if (!isStream) return sendWholeMessage(given)
  await streamMessage(given)
}

function hasForbiddenSampling(call: VendorCall, body: JsonRecord): boolean {
  const isNewVersion = call.headers['anthropic-version'] === versionWithoutSampling
  return isNewVersion && ['temperature', 'top_p', 'top_k'].some(name => name in body)
}

function countTokens(call: VendorCall): void {
  const request = readRequest(call)
  if (request === undefined) return
  const fault = call.meet(request.model, false)
  if (sendFault(call, fault)) return
  const question = readQuestion(request.body, request.model, 1)
  sendJson(call, 200, { input_tokens: inputTokens(question) }, errors.requestIdHeader(call))
}

/** Answers the faults that leave no room for an answer; true when it did. */
function sendFault(call: VendorCall, fault: Fault): boolean {
  switch (fault) {
    case 'rate-limited':
      errors.sendRateLimit(call)
      return true
    case 'server-error':
      errors.sendServerError(call)
      return true
    case 'overloaded':
    case 'overloaded-529':
      errors.sendOverload(call)
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

function readQuestion(body: JsonRecord, model: string, maxTokens: number): Question {
  const messages = recordsOf(body['messages'])
  const lastContent = recordsOf(messages.at(-1)?.['content'])
  const isAfterResults = lastContent.some(part => part['type'] === 'tool_result')
  const choice = recordOf(body['tool_choice'])
  const answerSchema = recordOf(recordOf(body['output_config'])['format'])['schema']
  return {
    vendor: 'simulated Anthropic',
    model,
    tools: isAfterResults || choice['type'] === 'none' ? [] : readTools(body, choice),
    mayCallInParallel: choice['disable_parallel_tool_use'] !== true,
    promptCharacters: JSON.stringify([body['system'] ?? '', messages]).length,
    maxTokens,
    ...(isRecord(answerSchema) ? { answerSchema } : {}),
  }
}

function readTools(body: JsonRecord, choice: JsonRecord): readonly AskedTool[] {
  const tools = recordsOf(body['tools']).map(tool => ({
    name: textOf(tool['name']) ?? '',
    schema: recordOf(tool['input_schema']),
  }))
  return choice['type'] === 'tool' ? tools.filter(tool => tool.name === choice['name']) : tools
}
