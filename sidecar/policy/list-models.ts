import type { PolicySnapshot } from '../../crds/snapshot/policy-snapshot.ts'
import type { ListedModel } from './ports.ts'

/** Names that routes match literally, and the models that they may serve: what a caller may sensibly ask for. */
export function listModels(snapshot: PolicySnapshot): readonly ListedModel[] {
  const owners = new Map<string, string>()
  for (const policy of snapshot.policies) {
    for (const route of policy.routes) {
      for (const step of route.chain) {
        if (step.kind === 'target')
          owners.set(step.model, snapshot.providers[step.provider]?.name ?? 'llm-fallback')
      }
      for (const glob of route.match.models ?? []) {
        if (!glob.includes('*') && !owners.has(glob)) owners.set(glob, 'llm-fallback')
      }
    }
  }
  return [...owners].map(([id, ownedBy]) => ({ id, ownedBy })).sort((a, b) => (a.id < b.id ? -1 : 1))
}
