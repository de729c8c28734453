// Who owns what the operator makes: the ClusterRole of its chart. It is deleted by whatever uninstalls the chart, lies in no
// namespace, so that it may own objects in all of them, and the garbage collector of Kubernetes does the rest.
import type { Clock, Ownership } from '../reconcile/ports.ts'
import type { ApiClient } from './api-client.ts'
import { hasStatus } from './api-error.ts'
import { type Fields, fieldsOf, listOf, textOf } from './untrusted.ts'

export interface OwnershipOptions {
  readonly client: ApiClient
  readonly clock: Clock
}

const apiVersion = 'rbac.authorization.k8s.io/v1'
const kind = 'ClusterRole'
const name = 'llm-fallback'
const path = `/apis/${apiVersion}/clusterroles/${name}`
/** How old an answer may be when something is written. */
const freshMs = 5_000
/** Well below the time in which a leader has to renew its Lease. */
const timeoutMs = 4_000
/** How long a cluster is taken at its word that owners of what stands may not be changed. */
const refusalMs = 10 * 60_000

type Owner =
  /** No such ClusterRole, or none that may be read: the operator was set up in another way. */
  | { readonly kind: 'none' }
  | { readonly kind: 'present'; readonly uid: string }
  /** It was there: the operator is being uninstalled. */
  | { readonly kind: 'gone' }

export class ClusterRoleOwnership implements Ownership {
  readonly #options: OwnershipOptions
  #latest: { readonly owner: Owner; readonly at: number } | undefined
  #looking: Promise<Owner> | undefined
  #refusedUntil = -Infinity

  constructor(options: OwnershipOptions) {
    this.#options = options
  }

  async claim<Wanted extends object>(wanted: Wanted, stored: unknown): Promise<Wanted> {
    const owner = await this.#read()
    if (owner.kind === 'gone') {
      throw new Error(`ClusterRole ${name} was deleted: the operator is being uninstalled and writes nothing`)
    }
    const mayChange = stored === undefined || this.#options.clock.now() >= this.#refusedUntil
    const own = owner.kind === 'present' ? [referenceTo(owner.uid)] : []
    return withOwners(wanted, mayChange ? own : ownersOf(stored).filter(isOurs))
  }

  /** The API server refused to change the owners of an object that stands: they are left alone for a while. */
  refused(): void {
    this.#refusedUntil = this.#options.clock.now() + refusalMs
  }

  async #read(): Promise<Owner> {
    const { clock } = this.#options
    if (this.#latest !== undefined && clock.now() - this.#latest.at < freshMs) return this.#latest.owner
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    const owner = await this.#looking
    this.#latest = { owner, at: clock.now() }
    return owner
  }

  async #look(): Promise<Owner> {
    const before: Owner = this.#latest?.owner ?? { kind: 'none' }
    try {
      const object = await this.#options.client.send({ method: 'GET', path, timeoutMs })
      return { kind: 'present', uid: textOf(fieldsOf(fieldsOf(object)['metadata'])['uid']) }
    } catch (error) {
      if (hasStatus(error, 404)) return before.kind === 'none' ? before : { kind: 'gone' }
      // Whoever takes the right away takes the ClusterRole away as well: what is written meanwhile goes with it.
      if (hasStatus(error, 403)) return before
      throw error
    }
  }
}

/** Without `blockOwnerDeletion`, for which more rights would be needed. */
function referenceTo(uid: string): Fields {
  return { apiVersion, kind, name, uid }
}

function isOurs(reference: unknown): boolean {
  const fields = fieldsOf(reference)
  return fields['kind'] === kind && fields['name'] === name
}

function withOwners<Wanted extends object>(wanted: Wanted, own: readonly unknown[]): Wanted {
  const { ownerReferences: _, ...metadata } = fieldsOf(fieldsOf(wanted)['metadata'])
  const owners = [...ownersOf(wanted).filter(one => !isOurs(one)), ...own]
  return { ...wanted, metadata: owners.length === 0 ? metadata : { ...metadata, ownerReferences: owners } }
}

/** Of any object, as it was read or is to be written. */
export function ownersOf(object: unknown): readonly unknown[] {
  return listOf(fieldsOf(fieldsOf(object)['metadata'])['ownerReferences'])
}

/** The object with the owners that another one has. */
export function withOwnersOf(wanted: object, stored: unknown): object {
  return withOwners(wanted, ownersOf(stored).filter(isOurs))
}
