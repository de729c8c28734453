// What a Lease says, and what is written into it.
import { microTime } from './micro-time.ts'
import { ownersOf } from './ownership.ts'
import { fieldsOf, numberOf, textOf } from './untrusted.ts'

export interface LeaseRecord {
  readonly resourceVersion: string
  /** Empty: nobody. */
  readonly holder: string
  readonly durationMs: number
  readonly acquireTime: string
  readonly renewTime: string
  readonly transitions: number
  /** As they stand: a PUT without them would remove them. */
  readonly ownerReferences: readonly unknown[]
}

export interface LeaseName {
  readonly namespace: string
  readonly name: string
}

export function leaseCollection({ namespace }: LeaseName): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`
}

export function leasePath(lease: LeaseName): string {
  return `${leaseCollection(lease)}/${encodeURIComponent(lease.name)}`
}

export function readLease(object: unknown): LeaseRecord {
  const spec = fieldsOf(fieldsOf(object)['spec'])
  return {
    resourceVersion: textOf(fieldsOf(fieldsOf(object)['metadata'])['resourceVersion']),
    holder: textOf(spec['holderIdentity']),
    durationMs: numberOf(spec['leaseDurationSeconds']) * 1000,
    acquireTime: textOf(spec['acquireTime']),
    renewTime: textOf(spec['renewTime']),
    transitions: numberOf(spec['leaseTransitions']),
    ownerReferences: ownersOf(object),
  }
}

/** Changes with every renewal, whoever made it, and with nothing else. */
export function pulseOf(record: LeaseRecord): string {
  return JSON.stringify([record.holder, record.acquireTime, record.renewTime, record.transitions])
}

/** The Lease as `holder` takes or keeps it. `before` is undefined where there is none yet. */
export function heldLease(
  lease: LeaseName,
  before: LeaseRecord | undefined,
  by: { readonly holder: string; readonly durationMs: number; readonly wallTime: number },
): object {
  const now = microTime(by.wallTime)
  const keeps = before?.holder === by.holder
  return leaseObject(lease, before, {
    holderIdentity: by.holder,
    leaseDurationSeconds: Math.round(by.durationMs / 1000),
    acquireTime: keeps && before.acquireTime !== '' ? before.acquireTime : now,
    renewTime: now,
    leaseTransitions: before === undefined ? 0 : before.transitions + (keeps ? 0 : 1),
  })
}

/** The Lease as its holder leaves it: whoever sees it may take it at once. */
export function releasedLease(lease: LeaseName, before: LeaseRecord, wallTime: number): unknown {
  const now = microTime(wallTime)
  return leaseObject(lease, before, {
    holderIdentity: '',
    leaseDurationSeconds: 1,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: before.transitions,
  })
}

function leaseObject(lease: LeaseName, before: LeaseRecord | undefined, spec: unknown): object {
  const { ownerReferences = [], resourceVersion } = before ?? {}
  const kept = {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
  }
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { namespace: lease.namespace, name: lease.name, ...kept },
    spec,
  }
}
