// Policies for tests, as the resources that people write. JSON is YAML, so the files are written as JSON documents.

export interface ProviderObject {
  readonly apiVersion: string
  readonly kind: 'LLMProvider'
  readonly metadata: { readonly name: string }
  readonly spec: Readonly<Record<string, unknown>>
}

export interface PolicyObject {
  readonly apiVersion: string
  readonly kind: 'FallbackPolicy'
  readonly metadata: { readonly name: string }
  readonly spec: Readonly<Record<string, unknown>>
}

export type Members = Readonly<Record<string, unknown>>

const apiVersion = 'llmfallback.io/v1alpha1'

/** Variables that hold the keys of the providers below. */
export const providerKeys: Readonly<Record<string, string>> = {
  OPENAI_KEY: 'key-of-openai-for-tests',
  ANTHROPIC_KEY: 'key-of-anthropic-for-tests',
}

/** @param endpoint base URL with `/v1`. */
export function openAiProvider(name: string, endpoint: string, more: Members = {}): ProviderObject {
  const spec = { dialect: 'OpenAI', endpoint, credentials: { env: { name: 'OPENAI_KEY' } }, ...more }
  return { apiVersion, kind: 'LLMProvider', metadata: { name }, spec }
}

/** @param endpoint base URL without a path. */
export function anthropicProvider(name: string, endpoint: string, more: Members = {}): ProviderObject {
  const spec = { dialect: 'Anthropic', endpoint, credentials: { env: { name: 'ANTHROPIC_KEY' } }, ...more }
  return { apiVersion, kind: 'LLMProvider', metadata: { name }, spec }
}

/** @param more further members of `spec`, e.g. `mode`. */
export function fallbackPolicy(name: string, routes: readonly Members[], more: Members = {}): PolicyObject {
  return { apiVersion, kind: 'FallbackPolicy', metadata: { name }, spec: { routes, ...more } }
}

/** A route for every request, unless `more` says what it matches. */
export function route(name: string, chain: readonly Members[], more: Members = {}): Members {
  return { name, chain, ...more }
}

/** A target step. `target` may hold `maxOutputTokens` and the like beside provider and model. */
export function targetStep(
  name: string,
  target: { readonly provider: string; readonly model: string } & Members,
  more: Members = {},
): Members {
  const { provider, ...rest } = target
  return { name, target: { providerRef: { name: provider }, ...rest }, ...more }
}

export function policyFile(objects: readonly (ProviderObject | PolicyObject)[]): string {
  return objects.map(object => JSON.stringify(object, undefined, 2)).join('\n---\n')
}
