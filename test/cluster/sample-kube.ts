// The operator's own client, set so that a test sees in seconds what otherwise takes half an hour.
import { systemClock } from '../../operator/clock.ts'
import { createKube, type Kube } from '../../operator/kube/create-kube.ts'

export const audience = 'llm-fallback'
export const operatorNamespace = 'llm-fallback-system'

/** Reads Secrets in the namespace `keys` only; small pages, and a checking list every second or two. */
export function openKube(kubeconfig: string, identity: string): Kube {
  return createKube({
    kubeconfig,
    namespace: operatorNamespace,
    identity,
    tokenAudience: audience,
    credentialNamespaces: ['keys'],
    fleetSummaryLabel: 'llmfallback.io/fleet=summary',
    judgePod: () => '',
    clock: systemClock,
    random: Math.random,
    report: () => undefined,
    reflectorLimits: { relistMs: { shortest: 1_000, longest: 2_000 }, pageSize: 3 },
  })
}
