// Events and a snapshot for the tests of this room.
import type {
  CompiledProvider,
  CompiledRoute,
  CompiledTargetStep,
  PolicySnapshot,
} from '../../crds/snapshot/policy-snapshot.ts'
import type { AttemptEnded, RequestEnded } from '../chain/events.ts'

export function attemptEnded(change: Partial<AttemptEnded>): AttemptEnded {
  return {
    kind: 'attemptEnded',
    requestId: 'r1',
    policy: 'support/copilot',
    route: 'chat',
    target: { step: 'primary', hop: 0, provider: 'openai', model: 'gpt-4o', region: 'us-east-1' },
    retry: 0,
    milliseconds: 120,
    result: 'ok',
    status: 200,
    cost: { usage: { input: 100, output: 20 }, usd: 0.00045, isEstimated: false },
    promptSent: 'full',
    bytesSent: 400,
    bytesReceived: 900,
    malformedEvents: 0,
    ...change,
  }
}

export function requestEnded(change: Partial<RequestEnded>): RequestEnded {
  return {
    kind: 'requestEnded',
    requestId: 'r1',
    startedAt: Date.UTC(2026, 10, 20, 10, 15, 30, 123),
    milliseconds: 130,
    format: 'openai-chat',
    operation: 'Chat',
    requestedModel: 'gpt-4o',
    stream: false,
    requestBytes: 400,
    policy: {
      name: 'support/copilot',
      identity: 'copilot@7',
      route: 'chat',
      strategy: 'retry-then-fallback',
    },
    outcome: 'success',
    status: 200,
    path: 'primary',
    trail: [],
    attempts: [attemptEnded({})],
    drops: [],
    ...change,
  }
}

const primary: CompiledTargetStep = {
  kind: 'target',
  name: 'primary',
  hop: 0,
  when: [],
  provider: 'LLMProvider/support/openai',
  model: 'gpt-4o',
  entersLargerWindow: false,
  requireParameters: false,
  allowDifferentEmbeddingSpace: false,
  timeout: { connectMs: 2000, firstTokenMs: 10_000, idleMs: 20_000, totalMs: 60_000 },
  retry: { attempts: 0, initialMs: 100, factor: 5, maxMs: 2000 },
  circuitBreaker: { failures: 3, windowMs: 30_000, openForMs: 60_000 },
}

const chat: CompiledRoute = {
  name: 'chat',
  strategy: 'retry-then-fallback',
  match: {},
  limits: { deadlineMs: 60_000, attempts: 6 },
  retryBudget: { percent: 20, minPerSecond: 3 },
  whenAllOpen: 'Fail',
  streaming: { onBreak: 'Terminate', keepAliveMs: 15_000 },
  chain: [primary],
}

const openai: CompiledProvider = {
  key: 'LLMProvider/support/openai',
  kind: 'LLMProvider',
  name: 'openai',
  dialect: 'OpenAI',
  endpoint: 'https://api.openai.com/v1',
  region: 'us-east-1',
  credentials: { kind: 'none' },
  headers: [],
  models: [],
}

/** One policy, one route, one target. */
export function snapshotWith({ model = 'gpt-4o' }: { readonly model?: string }): PolicySnapshot {
  const routes = [{ ...chat, chain: [{ ...primary, model }] }]
  return {
    version: 1,
    digest: 'abcdef0123456789',
    policies: [{ namespace: 'support', name: 'copilot', identity: 'copilot@7', mode: 'Enforce', routes }],
    providers: { [openai.key]: openai },
  }
}
