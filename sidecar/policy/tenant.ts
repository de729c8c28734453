import type { CompiledPolicy } from '../../crds/snapshot/policy-snapshot.ts'
import type { CallerRequest } from '../chain/ports.ts'

export interface Tenant {
  readonly value: string
  /** A header is the caller's claim; a policy's value is not. */
  readonly source: 'header' | 'policy'
}

const longestTenant = 256

/** Whom a request counts for; undefined when the policy does not ask or the caller does not say. */
export function tenantOf(policy: CompiledPolicy, request: Pick<CallerRequest, 'header'>): Tenant | undefined {
  const { tenant } = policy
  if (tenant === undefined) return undefined
  if (tenant.kind === 'value') return { value: tenant.value, source: 'policy' }
  const claimed = request.header(tenant.name)
  return claimed === undefined || claimed === ''
    ? undefined
    : { value: claimed.slice(0, longestTenant), source: 'header' }
}
