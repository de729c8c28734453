// The way out as tests drive it: a sender over real loopback sockets, and a reader of what comes back.

import { readFileSync } from 'node:fs'
import type { TestContext } from 'node:test'
import type { CompiledProvider } from '../../crds/snapshot/policy-snapshot.ts'
import type { ProviderCall, ProviderResult, UpstreamBody } from '../../sidecar/chain/ports.ts'
import type { Failure } from '../../sidecar/failure/failure.ts'
import { createCredentials } from '../../sidecar/provider/credentials.ts'
import {
  createProviderSender,
  type ProviderSender,
  type ProviderSenderOptions,
} from '../../sidecar/provider/provider-sender.ts'
import { Cancellation, type CancelSignal } from '../../sidecar/resilience/cancellation.ts'
import { systemClock } from '../../sidecar/resilience/clock.ts'
import {
  type ScriptedProvider,
  type ScriptedProviderOptions,
  startScriptedProvider,
} from './scripted-provider.ts'

export interface ProviderScene {
  readonly provider: ScriptedProvider
  readonly sender: ProviderSender
  /** Calls the scripted provider. */
  call(more?: CallShape): Promise<ProviderResult>
}

export interface CallShape {
  readonly provider?: Partial<CompiledProvider>
  readonly call?: Partial<Omit<ProviderCall, 'provider'>>
  readonly signal?: CancelSignal
}

export interface SceneOptions {
  readonly sender?: Partial<ProviderSenderOptions>
  readonly server?: ScriptedProviderOptions
  /** Of the sender's key, by variable name. */
  readonly environment?: Readonly<Record<string, string>>
}

/** A scripted provider and a sender; both end with the test. */
export async function openScene(test: TestContext, options: SceneOptions = {}): Promise<ProviderScene> {
  const provider = await startScriptedProvider(options.server)
  const sender = openSender(test, options)
  test.after(() => provider.close())
  return {
    provider,
    sender,
    call: ({ provider: facts, call, signal } = {}) =>
      sender.send(callOf(compiledProvider(provider.url, facts), call), signal ?? new Cancellation().signal),
  }
}

export function openSender(test: TestContext, options: SceneOptions = {}): ProviderSender {
  const credentials = createCredentials({
    environment: options.environment ?? {},
    clock: systemClock,
    onWarning: () => undefined,
  })
  const sender = createProviderSender({ credentials, version: '0.0.0', ...options.sender })
  test.after(() => sender.close())
  return sender
}

export function compiledProvider(endpoint: string, more: Partial<CompiledProvider> = {}): CompiledProvider {
  return {
    key: 'LLMProvider/default/scripted',
    kind: 'LLMProvider',
    name: 'scripted',
    dialect: 'OpenAI',
    endpoint,
    credentials: { kind: 'none' },
    headers: [],
    models: [],
    ...more,
  }
}

export function callOf(
  provider: CompiledProvider,
  more: Partial<Omit<ProviderCall, 'provider'>> = {},
): ProviderCall {
  return {
    provider,
    path: '/chat/completions',
    headers: {},
    body: Buffer.from('{}'),
    connectTimeoutMs: 2000,
    ...more,
  }
}

export interface ReadBody {
  readonly text: string
  readonly chunks: readonly Buffer[]
  readonly ending: 'end' | Failure
}

/** Reads a body until it tells how it ended. */
export function readBody(body: UpstreamBody): Promise<ReadBody> {
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    const finish = (ending: ReadBody['ending']) =>
      resolve({ text: Buffer.concat(chunks).toString(), chunks, ending })
    body.consume({
      data: chunk => void chunks.push(chunk),
      end: () => finish('end'),
      error: failure => finish(failure),
    })
  })
}

/** @throws Error with the failure's own words when there is no answer. */
export function answered(result: ProviderResult): Extract<ProviderResult, { kind: 'answered' }> {
  if (result.kind === 'failed')
    throw new Error(`no answer but ${result.failure.kind}: ${result.failure.detail}`)
  return result
}

/** @throws Error when there is an answer. */
export function failureOf(result: ProviderResult): Failure {
  if (result.kind === 'answered') throw new Error(`no failure but an answer of status ${result.status}`)
  return result.failure
}

/** One of the certificates in `tls/`. */
export function pem(name: string): string {
  return readFileSync(new URL(`tls/${name}`, import.meta.url), 'utf8')
}
