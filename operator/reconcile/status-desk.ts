// One run of the statuses of one namespace, or of the cluster kinds. Nothing is compiled here.
import { type NamespaceStock, takeStock } from '../status/take-stock.ts'
import { clusterStatuses } from './cluster-statuses.ts'
import type { NamespaceDecision } from './decide.ts'
import type { ClusterReaders } from './gather.ts'
import type { KnownResources } from './known-resources.ts'
import { type DecidedNamespace, namespaceStatuses } from './namespace-statuses.ts'
import type { FleetView } from './ports.ts'
import type { SecretStates } from './secret-states.ts'
import type { StatusUpdates } from './status-updates.ts'

/** Key of the cluster kinds: no namespace has this name. */
export const clusterKey = ''

export interface StatusDeskParts {
  readonly readers: ClusterReaders
  readonly known: KnownResources
  readonly secrets: SecretStates
  readonly fleet: FleetView
  readonly decisions: ReadonlyMap<string, NamespaceDecision>
  readonly updates: StatusUpdates
  readonly operatorNamespace: string
}

export class StatusDesk {
  readonly #parts: StatusDeskParts
  /** What the last run of each namespace counted. */
  readonly #stocks = new Map<string, NamespaceStock>()

  constructor(parts: StatusDeskParts) {
    this.#parts = parts
  }

  runNamespace(namespace: string): void {
    const { readers, known, fleet, decisions, updates } = this.#parts
    const decision = decisions.get(namespace)
    if (decision === undefined) return void this.#stocks.delete(namespace)
    const stock = takeStock(decision.placed, uid => fleet.find(uid))
    this.#stocks.set(namespace, stock)
    const stored = [...readers.policies.inNamespace(namespace), ...readers.providers.inNamespace(namespace)]
    const resources = stored.map(one => known.know(one))
    for (const offer of namespaceStatuses(resources, this.#decided(decision, stock))) updates.offer(offer)
  }

  /** Before every namespace has been counted the sums would be wrong: the last one counted brings this run back. */
  runCluster(): void {
    const { readers, known, decisions, updates, operatorNamespace, secrets } = this.#parts
    const namespaces: DecidedNamespace[] = []
    for (const decision of decisions.values()) {
      const stock = this.#stocks.get(decision.namespace)
      if (stock === undefined) return
      namespaces.push(this.#decided(decision, stock))
    }
    namespaces.sort((one, other) => (one.decision.namespace < other.decision.namespace ? -1 : 1))
    const stored = [...readers.clusterPolicies.list(), ...readers.clusterProviders.list()]
    const resources = stored.map(one => known.know(one))
    for (const offer of clusterStatuses(resources, { namespaces, operatorNamespace, secrets })) {
      updates.offer(offer)
    }
  }

  /** Another replica counts from now on. */
  forgetAll(): void {
    this.#stocks.clear()
  }

  #decided(decision: NamespaceDecision, stock: NamespaceStock): DecidedNamespace {
    const { secretStates } = decision.compilation
    const isDecided = [...secretStates.keys()].every(id => this.#parts.secrets.stateOf(id) !== 'waiting')
    return { decision, stock, isDecided }
  }
}
