// The resources that the benchmark applies.

export function providerObject(namespace: string): object {
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { name: 'openai', namespace },
    spec: { dialect: 'OpenAI', credentials: { env: { name: 'OPENAI_API_KEY' } } },
  }
}

/** @param deadlineSeconds what differs from one edit to the next. */
export function policyObject(namespace: string, deadlineSeconds: number): object {
  const target = (model: string) => ({ providerRef: { name: 'openai' }, model })
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name: 'load', namespace },
    spec: {
      selector: { matchLabels: { app: 'load' } },
      routes: [
        {
          name: 'chat',
          limits: { deadline: `${deadlineSeconds}s` },
          chain: [
            { name: 'primary', target: target('gpt-4o') },
            { name: 'smaller', when: ['RateLimited'], target: target('gpt-4o-mini') },
            { name: 'apology', manual: { text: 'Please try again in a few minutes.' } },
          ],
        },
      ],
    },
  }
}

/** Where real sidecars serve real requests while things change. */
export const busyNamespace = 'busy'

export function busyKey(rotation: number): string {
  return `key-of-rotation-${rotation}`
}

export function busySecret(rotation: number): object {
  const metadata = { name: 'busy', namespace: busyNamespace }
  return { apiVersion: 'v1', kind: 'Secret', metadata, stringData: { key: busyKey(rotation) } }
}

export function busyProvider(endpoint: string): object {
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'LLMProvider',
    metadata: { name: 'busy', namespace: busyNamespace },
    spec: { dialect: 'OpenAI', endpoint, credentials: { secretRef: { name: 'busy', key: 'key' } } },
  }
}

/** @param generation that it is going to have: both models tell it. */
export function busyPolicy(generation: number): object {
  const target = (model: string) => ({ providerRef: { name: 'busy' }, model: `${model}-${generation}` })
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name: 'busy', namespace: busyNamespace },
    spec: {
      selector: { matchLabels: { app: 'busy' } },
      routes: [
        {
          name: 'chat',
          chain: [
            { name: 'primary', target: target('first') },
            { name: 'rescue', target: target('second') },
          ],
        },
      ],
    },
  }
}
