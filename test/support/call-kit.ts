// A call prepared from a caller's text, for tests of translating and of reading what comes back.
import assert from 'node:assert/strict'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { PreparedCall } from '../../sidecar/chain/ports.ts'
import type { WireFormat } from '../../sidecar/dialect/dialect.ts'
import { parseBody } from '../../sidecar/dialect/parse-body.ts'
import { dialectOf } from '../../sidecar/dialect/registry.ts'
import { type CallInput, prepareCall } from '../../sidecar/dialect/translate.ts'
import { headFor } from './request-head.ts'

export const openai: CompiledProvider = {
  key: 'LLMProvider/a/openai',
  kind: 'LLMProvider',
  name: 'openai',
  dialect: 'OpenAI',
  endpoint: 'https://api.openai.com/v1',
  credentials: { kind: 'none' },
  headers: [],
  models: [],
}
export const anthropic: CompiledProvider = {
  ...openai,
  dialect: 'Anthropic',
  endpoint: 'https://api.anthropic.com',
}

export interface CallWish extends Partial<Omit<CallInput, 'body' | 'caller' | 'head'>> {
  readonly endpoint?: 'completion' | 'countTokens'
  readonly format?: WireFormat
  readonly headers?: Readonly<Record<string, string>>
}

export function inputFor(text: string, wish: CallWish = {}): CallInput {
  const caller = dialectOf(wish.format ?? 'openai-chat')
  const body = parseBody(Buffer.from(text))
  const { headers = {}, endpoint = 'completion', format: _format, ...rest } = wish
  const head = headFor(caller, { headers, endpoint, model: 'asked', stream: wish.stream ?? false })
  return {
    caller,
    head,
    body,
    stream: false,
    provider: openai,
    target: { model: 'gpt-4o' },
    decoded: () => caller.decodeRequest(body.json, head),
    ...rest,
  }
}

/** @throws AssertionError when the call is impossible. */
export function ready(text: string, wish?: CallWish): PreparedCall {
  const preparation = prepareCall(inputFor(text, wish))
  assert.ok(preparation.kind === 'ready', 'the call was impossible')
  return preparation.call
}
