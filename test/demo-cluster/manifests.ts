// What the platform team of the story applies, as the files that it would keep.

export const namespace = 'shop'

export interface VendorKeys {
  readonly openai: string
  readonly anthropic: string
}

export function writeKeys(keys: VendorKeys): string {
  return `apiVersion: v1
kind: Secret
metadata: { name: vendor-keys, namespace: ${namespace} }
stringData:
  openai: ${keys.openai}
  anthropic: ${keys.anthropic}
`
}

export function writeProviders(endpoints: { readonly openai: string; readonly anthropic: string }): string {
  return `apiVersion: llmfallback.io/v1alpha1
kind: LLMProvider
metadata: { name: openai, namespace: ${namespace} }
spec:
  dialect: OpenAI
  endpoint: ${endpoints.openai}
  region: us-east-1
  credentials: { secretRef: { name: vendor-keys, key: openai } }
---
apiVersion: llmfallback.io/v1alpha1
kind: LLMProvider
metadata: { name: anthropic, namespace: ${namespace} }
spec:
  dialect: Anthropic
  endpoint: ${endpoints.anthropic}
  region: eu-west-1
  credentials: { secretRef: { name: vendor-keys, key: anthropic } }
`
}

export interface PolicyWish {
  /** Which provider the chain begins with. */
  readonly first: 'openai' | 'anthropic'
  /** Of the whole walk, e.g. `45s`. */
  readonly deadline?: string
  /** Failures that lead to the second step; absent: the usual ones. */
  readonly when?: string
}

export function writePolicy({ first, deadline = '45s', when }: PolicyWish): string {
  const targets = {
    openai: '{ providerRef: { name: openai }, model: gpt-4o }',
    anthropic: '{ providerRef: { name: anthropic }, model: claude-sonnet-4-5, maxOutputTokens: 1024 }',
  }
  const second = first === 'openai' ? 'anthropic' : 'openai'
  return `apiVersion: llmfallback.io/v1alpha1
kind: FallbackPolicy
metadata: { name: assistant, namespace: ${namespace} }
spec:
  selector: { matchLabels: { app: assistant } }
  routes:
    - name: chat
      limits: { deadline: ${deadline} }
      chain:
        - name: primary
          target: ${targets[first]}
          timeout: { total: 20s }
          circuitBreaker: { openFor: 1s }
        - name: rescue
${when === undefined ? '' : `          when: [${when}]\n`}          target: ${targets[second]}
          timeout: { total: 20s }
        - name: apology
          manual: { text: "We are having trouble answering right now. Please try again in a few minutes." }
`
}

/** What the company's security team asks of every policy. */
export const houseRules = `apiVersion: llmfallback.io/v1alpha1
kind: ClusterFallbackPolicy
metadata: { name: house-rules }
spec:
  constraints: { maxDeadline: 60s }
`
