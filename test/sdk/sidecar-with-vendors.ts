// A running sidecar before two simulated vendors, for the vendors' own SDKs.
import { createPolicyFolder } from '../support/policy-folder.ts'
import {
  anthropicProvider,
  fallbackPolicy,
  openAiProvider,
  policyFile,
  providerKeys,
  route,
  targetStep,
} from '../support/policy-objects.ts'
import { startSimulatedAnthropic } from '../support/simulated-vendors/anthropic-vendor.ts'
import { startSimulatedOpenAi } from '../support/simulated-vendors/openai-vendor.ts'
import type { SimulatedVendor } from '../support/simulated-vendors/vendor-server.ts'
import { startSidecar } from '../support/start-sidecar.ts'

export interface Setting {
  /** Base URL of the sidecar without a path. */
  readonly url: string
  readonly openai: SimulatedVendor
  readonly anthropic: SimulatedVendor
  close(): Promise<void>
}

/** Model names that the policy below routes: by provider, by what stands behind it. */
export const models = {
  /** Only OpenAI's `gpt-4o` stands behind it. */
  openai: 'only-openai',
  /** Only Anthropic's `claude-haiku-4-5` stands behind it. */
  anthropic: 'only-anthropic',
  /** OpenAI first, then Anthropic. */
  rescued: 'rescued',
  /** Targets of their own for rate limits, whose breaker stays open for a while: OpenAI's `gpt-4o-mini`. */
  limitedOpenAi: 'limited-openai',
  /** Anthropic's `claude-sonnet-4-5`. */
  limitedAnthropic: 'limited-anthropic',
  /** `gpt-4o-mini`, then Anthropic. */
  limitedRescued: 'limited-rescued',
} as const

/** A breaker that no test of this folder opens, and no retries that would blur what was asked how often. */
const steady = { circuitBreaker: { failures: 100 }, retry: { attempts: 0 } }

function writePolicy(openaiUrl: string, anthropicUrl: string): string {
  const openai = targetStep('primary', { provider: 'openai', model: 'gpt-4o' }, steady)
  const anthropic = targetStep('primary', { provider: 'anthropic', model: 'claude-haiku-4-5' }, steady)
  const second = { ...anthropic, name: 'second-vendor' }
  const mini = targetStep('primary', { provider: 'openai', model: 'gpt-4o-mini' }, steady)
  const sonnet = targetStep('primary', { provider: 'anthropic', model: 'claude-sonnet-4-5' }, steady)
  return policyFile([
    openAiProvider('openai', openaiUrl),
    anthropicProvider('anthropic', anthropicUrl),
    fallbackPolicy('sdk', [
      route('openai', [openai], { match: { models: [models.openai] } }),
      route('anthropic', [anthropic], { match: { models: [models.anthropic] } }),
      route('rescued', [openai, second], { match: { models: [models.rescued] } }),
      route('limited-openai', [mini], { match: { models: [models.limitedOpenAi] } }),
      route('limited-anthropic', [sonnet], { match: { models: [models.limitedAnthropic] } }),
      route('limited-rescued', [mini, second], { match: { models: [models.limitedRescued] } }),
    ]),
  ])
}

export async function startSetting(): Promise<Setting> {
  const openai = await startSimulatedOpenAi({ apiKey: providerKeys['OPENAI_KEY'] ?? '' })
  const anthropic = await startSimulatedAnthropic({ apiKey: providerKeys['ANTHROPIC_KEY'] ?? '' })
  const folder = await createPolicyFolder({ 'policy.yaml': writePolicy(openai.baseUrl, anthropic.baseUrl) })
  const closeAround = async () => {
    await Promise.all([openai.close(), anthropic.close(), folder.dispose()])
  }
  try {
    const sidecar = await startSidecar({ policyDir: folder.path, environment: providerKeys })
    const close = async () => {
      await sidecar.stop()
      await closeAround()
    }
    return { url: sidecar.url, openai, anthropic, close }
  } catch (error) {
    await closeAround()
    throw error
  }
}
