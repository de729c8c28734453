// Secrets, the providers that name them and the policies that name those.

export function secret(where: string, name: string, value: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: where },
    stringData: { key: value },
  }
}

/** Its key is in the Secret of its own name. @param where empty for the cluster kind. */
export function provider(where: string, name: string, more: object): object {
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: where === '' ? 'ClusterLLMProvider' : 'LLMProvider',
    metadata: where === '' ? { name } : { name, namespace: where },
    spec: {
      dialect: 'OpenAI',
      credentials: { secretRef: { name, key: 'key' } },
      ...more,
    },
  }
}

/** For the pods whose label `app` is its name. */
export function policy(where: string, name: string, ref: object): object {
  return {
    apiVersion: 'llmfallback.io/v1alpha1',
    kind: 'FallbackPolicy',
    metadata: { name, namespace: where },
    spec: {
      selector: { matchLabels: { app: name } },
      routes: [
        {
          name: 'chat',
          chain: [
            { name: 'vendor', target: { providerRef: ref, model: 'gpt-4o' } },
            { name: 'sorry', manual: { text: 'not now' } },
          ],
        },
      ],
    },
  }
}
