// Names that stand in pods, namespaces and the objects around them. People and other programs rely on them.

export const sidecarName = 'llm-fallback'

export const labels = {
  /** On namespaces: `enabled` opts in. */
  namespace: 'llmfallback.io/injection',
  /** On pods: `"false"` opts out, `"true"` opts in where the namespace does not. */
  pod: 'llmfallback.io/inject',
} as const

export const annotations = {
  /** `injected`, or `skipped: <Code>`. */
  injection: 'llmfallback.io/injection',
  /** Version of the operator that injected. */
  version: 'llmfallback.io/injected-version',
  /** `container/VARIABLE`, with commas: settings of the app that were left as they are. */
  keptVariables: 'llmfallback.io/kept-variables',
  /** `container/VARIABLE`, with commas: provider keys that the app can read. */
  exposedKeys: 'llmfallback.io/exposed-keys',
} as const

export const volumes = {
  /** The token for the operator and the authority that signs the operator's certificate. */
  identity: 'llm-fallback-identity',
  /** The last good snapshot, in memory. */
  state: 'llm-fallback-state',
} as const

export const paths = { identity: '/var/run/llm-fallback', state: '/var/lib/llm-fallback' } as const

/** The ConfigMap `llm-fallback-ca` of each namespace, and its key. */
export const authority = { configMap: 'llm-fallback-ca', key: 'ca.crt' } as const

export const ports = {
  /** Loopback: what apps call. */
  data: 8787,
  /** The pod's address: probes, metrics. */
  admin: 8788,
} as const

/** What the pods' app containers call; the literal address, since a name may mean `::1` first. */
export const sidecarUrl = `http://127.0.0.1:${ports.data}`
