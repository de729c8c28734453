// A running sidecar before a simulated vendor of every dialect, and a policy with a name for each situation.
import { createPolicyFolder } from '../../support/policy-folder.ts'
import { fallbackPolicy, type Members, policyFile, route, targetStep } from '../../support/policy-objects.ts'
import { startSimulatedAnthropic } from '../../support/simulated-vendors/anthropic-vendor.ts'
import type { SimulatedVendor, VendorOptions } from '../../support/simulated-vendors/vendor-server.ts'
import { startSidecar } from '../../support/start-sidecar.ts'
import { startSimulatedBedrock } from './bedrock-vendor.ts'
import { startSimulatedCohere } from './cohere-vendor.ts'
import { startSimulatedGemini } from './gemini-vendor.ts'
import { startOpenAiPlatform, startSimulatedAzure } from './openai-platform.ts'

export const vendorNames = ['openai', 'azure', 'anthropic', 'gemini', 'bedrock', 'cohere'] as const
export type VendorName = (typeof vendorNames)[number]

interface Casting {
  readonly dialect: string
  readonly start: (options: VendorOptions) => Promise<SimulatedVendor>
  /** The name that its answers tell. */
  readonly says: string
  /** For everything, for rate limits (whose breaker stays open a while), for embeddings. */
  readonly models: readonly [string, string, string]
  /** Who steps in for it: always a vendor of another format. */
  readonly rescuer: VendorName
}

export const castings: Readonly<Record<VendorName, Casting>> = {
  openai: {
    dialect: 'OpenAI',
    start: startOpenAiPlatform,
    says: 'simulated OpenAI',
    models: ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'],
    rescuer: 'gemini',
  },
  azure: {
    dialect: 'AzureOpenAI',
    start: startSimulatedAzure,
    says: 'simulated OpenAI',
    models: ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small'],
    rescuer: 'bedrock',
  },
  anthropic: {
    dialect: 'Anthropic',
    start: startSimulatedAnthropic,
    says: 'simulated Anthropic',
    models: ['claude-haiku-4-5', 'claude-sonnet-4-5', 'no-embeddings-here'],
    rescuer: 'cohere',
  },
  gemini: {
    dialect: 'Gemini',
    start: startSimulatedGemini,
    says: 'simulated Gemini',
    models: ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-embedding-001'],
    rescuer: 'anthropic',
  },
  bedrock: {
    dialect: 'Bedrock',
    start: startSimulatedBedrock,
    says: 'simulated Bedrock',
    models: [
      'anthropic.claude-haiku-4-5-v1:0',
      'anthropic.claude-sonnet-4-5-v1:0',
      'amazon.titan-embed-text-v2:0',
    ],
    rescuer: 'openai',
  },
  cohere: {
    dialect: 'Cohere',
    start: startSimulatedCohere,
    says: 'simulated Cohere',
    models: ['command-a-03-2025', 'command-r7b-12-2024', 'embed-v4.0'],
    rescuer: 'anthropic',
  },
}

/** What a caller asks for to meet a situation. */
export const situations = {
  /** Only this vendor stands behind it. */
  only: (vendor: VendorName) => `only-${vendor}`,
  /** This vendor, then its rescuer. */
  rescued: (vendor: VendorName) => `rescued-${vendor}`,
  /** This vendor, given up soon when it says nothing, then its rescuer; comments are sent to who waits. */
  waiting: (vendor: VendorName) => `waiting-${vendor}`,
  /** This vendor's second model, alone. */
  limited: (vendor: VendorName) => `limited-${vendor}`,
  /** This vendor, then a text that a person wrote. */
  floor: (vendor: VendorName) => `floor-${vendor}`,
  /** The cache first, then this vendor. */
  cached: (vendor: VendorName) => `cached-${vendor}`,
  /** This vendor's embeddings. */
  embedded: (vendor: VendorName) => `embedded-${vendor}`,
} as const

export const manualText = 'Our assistant is resting. Please come back later.'

export interface EveryVendor {
  /** Base URL of the sidecar without a path. */
  readonly url: string
  readonly vendors: Readonly<Record<VendorName, SimulatedVendor>>
  heal(): Promise<void>
  close(): Promise<void>
}

/** A breaker that no test here opens, and no retries that would blur how often a vendor was asked. */
const steady = { circuitBreaker: { failures: 100 }, retry: { attempts: 0 } }

function routesOf(vendor: VendorName): readonly Members[] {
  const { models, rescuer } = castings[vendor]
  const [usual, limited, embedding] = models
  const step = (model: string) => targetStep('primary', { provider: vendor, model }, steady)
  const second = targetStep(
    'second-vendor',
    { provider: rescuer, model: castings[rescuer].models[0] },
    steady,
  )
  const named = (name: string, chain: readonly Members[], more: Members = {}) =>
    route(name, chain, { match: { models: [name] }, ...more })
  return [
    named(situations.only(vendor), [step(usual)]),
    named(situations.rescued(vendor), [step(usual), second]),
    named(situations.waiting(vendor), [{ ...step(usual), timeout: { firstToken: '400ms' } }, second], {
      streaming: { keepAlive: '100ms' },
    }),
    named(situations.limited(vendor), [step(limited)]),
    named(situations.floor(vendor), [step(usual), { name: 'floor', manual: { text: manualText } }]),
    named(situations.cached(vendor), [step(usual)], { cacheFirst: { maxAge: '1h' } }),
    named(situations.embedded(vendor), [step(embedding)]),
  ]
}

function keyVariable(vendor: VendorName): string {
  return `${vendor.toUpperCase()}_TEST_KEY`
}

function keyOf(vendor: VendorName): string {
  return `key-of-${vendor}-for-tests`
}

function writePolicy(vendors: EveryVendor['vendors']): string {
  const providers = vendorNames.map(name => ({
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider' as const,
    metadata: { name },
    spec: {
      dialect: castings[name].dialect,
      endpoint: vendors[name].baseUrl,
      region: 'us-east-1',
      credentials: { env: { name: keyVariable(name) } },
    },
  }))
  return policyFile([...providers, fallbackPolicy('sdk', vendorNames.flatMap(routesOf))])
}

export async function startEveryVendor(): Promise<EveryVendor> {
  const start = (name: VendorName) => castings[name].start({ apiKey: keyOf(name) })
  const vendors = {
    openai: await start('openai'),
    azure: await start('azure'),
    anthropic: await start('anthropic'),
    gemini: await start('gemini'),
    bedrock: await start('bedrock'),
    cohere: await start('cohere'),
  }
  const folder = await createPolicyFolder({ 'policy.yaml': writePolicy(vendors) })
  const closeAround = async () => {
    await Promise.all([...Object.values(vendors).map(vendor => vendor.close()), folder.dispose()])
  }
  try {
    const environment = Object.fromEntries(vendorNames.map(name => [keyVariable(name), keyOf(name)]))
    const sidecar = await startSidecar({ policyDir: folder.path, environment })
    return {
      url: sidecar.url,
      vendors,
      heal: async () => void (await Promise.all(Object.values(vendors).map(vendor => vendor.heal()))),
      close: async () => {
        await sidecar.stop()
        await closeAround()
      },
    }
  } catch (error) {
    await closeAround()
    throw error
  }
}
