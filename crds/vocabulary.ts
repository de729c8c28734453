// The closed lists that resources, snapshots, code, metrics and documents share. A value that is not here does not exist.

/** Wire formats a provider may speak, as written in `spec.dialect` of a provider. */
export const dialects = ['OpenAI', 'Anthropic', 'Gemini', 'AzureOpenAI', 'Bedrock', 'Cohere'] as const
export type DialectName = (typeof dialects)[number]

/** The vendor's public endpoint, used when a provider names none: the base URL its own SDK takes. */
export const publicEndpoints: Readonly<Partial<Record<DialectName, string>>> = {
  OpenAI: 'https://api.openai.com/v1',
  Anthropic: 'https://api.anthropic.com',
  Gemini: 'https://generativelanguage.googleapis.com',
  Cohere: 'https://api.cohere.com',
}

/** Vendors with one public endpoint in each region: used when a provider names a region and no endpoint. */
export const regionalEndpoints: Readonly<Partial<Record<DialectName, (region: string) => string>>> = {
  Bedrock: region => `https://bedrock-runtime.${region}.amazonaws.com`,
}

/** A region that can be part of a host name. */
export const hostRegionPattern = '^[a-z0-9]+(-[a-z0-9]+)*$'

export const operations = ['Chat', 'Embeddings'] as const
export type Operation = (typeof operations)[number]

export const capabilities = [
  'Tools',
  'Vision',
  'Audio',
  'Files',
  'JsonSchema',
  'Reasoning',
  'Prefill',
  'Embeddings',
] as const
export type Capability = (typeof capabilities)[number]

/** Failures of an attempt that may lead to another target: the provider, not the request, is at fault. */
export const availabilityKinds = [
  'RateLimited',
  'QuotaExhausted',
  'Overloaded',
  'ServerError',
  'Timeout',
  'ConnectError',
  'InvalidResponse',
  'StreamInterrupted',
  'AuthFailed',
  'ModelUnavailable',
] as const

/** Reasons to leave a step out before anything is sent. */
export const skipKinds = ['BudgetExceeded', 'CircuitOpen', 'ResidencyDenied', 'CapabilityMissing'] as const

export const failureKinds = [
  ...availabilityKinds,
  'ContextOverflow',
  'GuardrailBlocked',
  'QualityFloorMissed',
  ...skipKinds,
  'BadRequest',
] as const
export type FailureKind = (typeof failureKinds)[number]

/** Value of `x-llm-fallback-reason` and of the `reason` label for each kind. */
export const telemetryReasons = {
  RateLimited: 'rate_limit_429',
  QuotaExhausted: 'quota_exhausted',
  Overloaded: 'upstream_5xx',
  ServerError: 'upstream_5xx',
  Timeout: 'timeout',
  ConnectError: 'connection_error',
  InvalidResponse: 'invalid_response',
  StreamInterrupted: 'stream_interrupted',
  AuthFailed: 'auth_error',
  ModelUnavailable: 'model_unavailable',
  ContextOverflow: 'context_window_overflow',
  GuardrailBlocked: 'guardrail_block',
  QualityFloorMissed: 'quality_floor_miss',
  BudgetExceeded: 'budget_exceeded',
  CircuitOpen: 'circuit_open',
  ResidencyDenied: 'residency_denied',
  CapabilityMissing: 'capability_missing',
  BadRequest: 'bad_request',
} as const satisfies Record<FailureKind, string>

/** Reasons that only the last resort of a chain has: everything before it failed. */
export const cacheFloorReason = 'upstream_total_failure'
export const manualFloorReason = 'automation_exhausted'
export type TelemetryReason =
  | (typeof telemetryReasons)[FailureKind]
  | typeof cacheFloorReason
  | typeof manualFloorReason

/** Steps that a target's failure enters when `when` is absent. ContextOverflow has a rule of its own: a larger window only. */
export const defaultTargetWhen: readonly FailureKind[] = [...availabilityKinds, ...skipKinds]

/** The floor of a chain takes everything but the caller's own mistake and a refusal. */
export const defaultFloorWhen: readonly FailureKind[] = failureKinds.filter(
  kind => kind !== 'BadRequest' && kind !== 'GuardrailBlocked',
)

/** `code` of our own errors: the kind in snake case. */
export function failureCode(kind: FailureKind): string {
  return kind.replace(/(?<!^)[A-Z]/g, letter => `_${letter}`).toLowerCase()
}

/** Compile-time proof that a switch over a union is complete. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
