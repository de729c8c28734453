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
