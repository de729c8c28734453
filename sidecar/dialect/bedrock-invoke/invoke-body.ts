// The envelope around a body of the Anthropic format: the version stands in the body, model and streaming in the path.
import { anthropicMessages } from '../anthropic-messages/anthropic-messages.ts'
import type { CompletionRequest, JsonObject } from '../completion.ts'
import type { EncodedRequest, MemberEdit, RequestChange, RequestHead } from '../dialect.ts'
import { modelFamily } from './model-family.ts'

const version = 'bedrock-2023-05-31'

/** Headers of the service that change what is done with the request. */
export const serviceHeaders = [
  'x-amzn-bedrock-guardrailidentifier',
  'x-amzn-bedrock-guardrailversion',
  'x-amzn-bedrock-trace',
  'x-amzn-bedrock-performanceconfig-latency',
  'x-amzn-bedrock-service-tier',
] as const

/** Any other body belongs to one model alone: it can be passed on, and nobody but that model reads it. */
export function isAnthropicBody(body: JsonObject): boolean {
  return 'anthropic_version' in body
}

export function decodeRequest(body: JsonObject, head: RequestHead): CompletionRequest {
  const model = head.model ?? ''
  const stream = head.stream === true
  if (!isAnthropicBody(body)) {
    return { model, stream, messages: [], tools: [], history: 'vendor', untranslated: [] }
  }
  const { anthropic_version: _version, ...message } = body
  const request = anthropicMessages.decodeRequest({ ...message, model, stream }, head)
  const asked = serviceHeaders.filter(name => head.header(name) !== undefined)
  return { ...request, model, stream, untranslated: [...request.untranslated, ...asked] }
}

export function encodeRequest(request: CompletionRequest, change: RequestChange): EncodedRequest {
  const { body, lost } = anthropicMessages.encodeRequest(request, change)
  const { model: _model, stream: _stream, ...message } = body
  return { body: { anthropic_version: version, ...message }, lost, headers: {} }
}

export function editRequest(body: JsonObject, change: RequestChange): readonly MemberEdit[] {
  if (!isAnthropicBody(body)) return []
  return anthropicMessages.editRequest(body, change).filter(edit => edit.name !== 'model')
}

/** An id that tells nothing may be any model's. */
export function fits(body: JsonObject, model: string): boolean {
  const family = modelFamily(model)
  return family === undefined || (family === 'anthropic') === isAnthropicBody(body)
}
