// What sidecars report about one provider, added up. Never written down as it is: these numbers change all the time.
import type { ProviderKey } from '../../crds/snapshot/policy-snapshot.ts'
import type { SidecarState } from '../reconcile/ports.ts'

export interface ProviderUse {
  /** Pods that called it in the last minute, or hold it shut out. */
  readonly users: number
  /** Of these, pods in which a breaker is open or probing. */
  readonly shutOut: number
  /** Models behind those breakers, sorted. */
  readonly models: readonly string[]
  readonly attempts: number
  readonly failures: number
}

export const unusedProvider: ProviderUse = { users: 0, shutOut: 0, models: [], attempts: 0, failures: 0 }

export function useOf(provider: ProviderKey, sidecars: readonly SidecarState[]): ProviderUse {
  let { users, shutOut, attempts, failures } = unusedProvider
  const models = new Set<string>()
  for (const { targets } of sidecars) {
    const ours = targets.filter(target => target.provider === provider)
    const broken = ours.filter(target => target.breaker !== 'closed')
    if (broken.length > 0 || ours.some(target => target.attempts > 0)) users += 1
    if (broken.length > 0) shutOut += 1
    for (const target of broken) models.add(target.model)
    for (const target of ours) {
      attempts += target.attempts
      failures += target.failures
    }
  }
  return { users, shutOut, models: [...models].sort(), attempts, failures }
}

export function addUse(one: ProviderUse, other: ProviderUse): ProviderUse {
  return {
    users: one.users + other.users,
    shutOut: one.shutOut + other.shutOut,
    models: [...new Set([...one.models, ...other.models])].sort(),
    attempts: one.attempts + other.attempts,
    failures: one.failures + other.failures,
  }
}
