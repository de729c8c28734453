// What a platform team and the teams that it serves apply in the course of the story.
import { vendorUrls } from '../workloads.ts'

/** Whose apps the story is about. */
export const shop = 'shop'
/** A namespace that enforces the Pod Security standard `restricted`. */
export const vault = 'vault'
/** Of the operator. */
export const system = 'llm-fallback-system'

export const injectionLabel = { 'llmfallback.io/injection': 'enabled' } as const
export const restrictedLabels = {
  ...injectionLabel,
  'pod-security.kubernetes.io/enforce': 'restricted',
  'pod-security.kubernetes.io/enforce-version': 'latest',
} as const

/** On the pods that the policies select. */
export const teamLabel = { team: 'shop' } as const

const apiVersion = 'llmfallback.io/v1alpha1'

export interface VendorKeys {
  readonly openai: string
  readonly anthropic: string
}

export const firstKeys: VendorKeys = { openai: 'first-key-of-openai', anthropic: 'first-key-of-anthropic' }
export const secondKeys: VendorKeys = { openai: 'second-key-of-openai', anthropic: 'second-key-of-anthropic' }

export function keysOf(namespace: string, keys: VendorKeys): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'vendor-keys', namespace },
    stringData: keys,
  }
}

export function providersOf(namespace: string): readonly object[] {
  const provider = (name: keyof VendorKeys, dialect: string) => ({
    apiVersion,
    kind: 'LLMProvider',
    metadata: { name, namespace },
    spec: {
      dialect,
      endpoint: vendorUrls[name],
      credentials: { secretRef: { name: 'vendor-keys', key: name } },
    },
  })
  return [provider('openai', 'OpenAI'), provider('anthropic', 'Anthropic')]
}

const targets = {
  openai: { providerRef: { name: 'openai' }, model: 'gpt-4o' },
  anthropic: { providerRef: { name: 'anthropic' }, model: 'claude-sonnet-4-5', maxOutputTokens: 1024 },
} as const

/** Two vendors and no last word of our own: a call that neither serves is lost. @param first which one the chain begins with. */
export function policyOf(namespace: string, first: keyof VendorKeys, deadline = '45s'): object {
  const second = first === 'openai' ? 'anthropic' : 'openai'
  return {
    apiVersion,
    kind: 'FallbackPolicy',
    metadata: { name: 'assistant', namespace },
    spec: {
      selector: { matchLabels: teamLabel },
      routes: [
        {
          name: 'chat',
          limits: { deadline },
          chain: [
            {
              name: 'primary',
              target: targets[first],
              timeout: { total: '20s' },
              circuitBreaker: { openFor: '1s' },
            },
            { name: 'rescue', target: targets[second], timeout: { total: '20s' } },
          ],
        },
      ],
    },
  }
}

/** What `restricted` asks of an app. */
export const restrictedContainer = {
  securityContext: {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  },
} as const
