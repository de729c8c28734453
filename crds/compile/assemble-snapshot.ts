import { snapshotDigest } from '../snapshot/digest.ts'
import {
  type CompiledPolicy,
  type CompiledProvider,
  type PolicySnapshot,
  type ProviderKey,
  snapshotVersion,
} from '../snapshot/policy-snapshot.ts'

/** A snapshot with its digest. `policies` stand in the order in which they are asked for a route. */
export function assembleSnapshot(
  policies: readonly CompiledPolicy[],
  providers: Readonly<Record<ProviderKey, CompiledProvider>>,
): PolicySnapshot {
  const content = { version: snapshotVersion, policies, providers } as const
  return { ...content, digest: snapshotDigest(content) }
}
