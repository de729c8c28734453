// One run of one namespace: gather, decide, publish. Keeps the last decision of each.
import type { SecretState } from '../../crds/compile/compile-namespace.ts'
import { secretIdOf } from '../../crds/compile/compile-provider.ts'
import { placeProvider } from '../../crds/compile/placed.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import { type Assignments, assignPods, sameAssignments } from './assign-pods.ts'
import { decideNamespace, type NamespaceDecision } from './decide.ts'
import { type ClusterReaders, gatherNamespace } from './gather.ts'
import type { KnownResources } from './known-resources.ts'
import type { Publisher } from './ports.ts'
import type { SecretStates } from './secret-states.ts'

export interface NamespaceDeskParts {
  readonly readers: ClusterReaders
  readonly known: KnownResources
  readonly secrets: SecretStates
  readonly publisher: Publisher
  readonly operatorNamespace: string
}

export class NamespaceDesk {
  readonly #parts: NamespaceDeskParts
  readonly #decisions = new Map<string, NamespaceDecision>()
  readonly #assignments = new Map<string, Assignments>()
  #compilations = 0
  #publications = 0

  constructor(parts: NamespaceDeskParts) {
    this.#parts = parts
  }

  get decisions(): ReadonlyMap<string, NamespaceDecision> {
    return this.#decisions
  }

  get compilations(): number {
    return this.#compilations
  }

  get publications(): number {
    return this.#publications
  }

  /** `waiting` when keys have yet to be read, so that the namespace is to be run again. */
  run(namespace: string): 'done' | 'waiting' {
    const { readers, known, secrets, operatorNamespace } = this.#parts
    const gathered = gatherNamespace(namespace, readers, known)
    if (gathered === undefined) return this.#drop(namespace)
    const before = this.#decisions.get(namespace)?.compilation
    const decision = decideNamespace(gathered, {
      operatorNamespace,
      before,
      secretState: id => this.#assume(id),
    })
    if (decision.compilation !== before) this.#compilations += 1
    this.#decisions.set(namespace, decision)
    const earlier = this.#assignments.get(namespace)
    const { assignments, isWaiting } = assignPods(decision.placed, secrets, earlier ?? new Map())
    if (!sameAssignments(assignments, earlier ?? new Map())) this.#publish(namespace, assignments)
    return isWaiting ? 'waiting' : 'done'
  }

  /** Every key that any provider needs. */
  wantedSecrets(): ReadonlySet<SecretId> {
    const wanted = new Set<SecretId>()
    for (const { compilation } of this.#decisions.values()) {
      for (const id of compilation.secretStates.keys()) wanted.add(id)
    }
    for (const id of this.#clusterSecrets()) wanted.add(id)
    return wanted
  }

  /** Namespaces whose decision asked about a key of this Secret. @param secret `namespace/name`. */
  *namespacesAsking(secret: string): Iterable<string> {
    const prefix = `${secret}/`
    for (const { namespace, compilation } of this.#decisions.values()) {
      for (const id of compilation.secretStates.keys()) {
        if (id.startsWith(prefix)) {
          yield namespace
          break
        }
      }
    }
  }

  /** A key that is being read is most likely there: nothing is published before the answer. */
  #assume(id: SecretId): SecretState {
    const state = this.#parts.secrets.stateOf(id)
    return state === 'waiting' ? 'found' : state
  }

  /** Keys of cluster providers that no policy names yet: their owner reads in the status whether they are there. */
  *#clusterSecrets(): Iterable<SecretId> {
    const { readers, known, operatorNamespace } = this.#parts
    for (const stored of readers.clusterProviders.list()) {
      const { parsed } = known.know(stored)
      if (parsed.kind !== 'ok' || parsed.resource.kind !== 'ClusterLLMProvider') continue
      const id = secretIdOf(placeProvider(parsed.resource, { namespace: '', operatorNamespace }))
      if (id !== undefined) yield id
    }
  }

  #publish(namespace: string, assignments: Assignments): void {
    this.#assignments.set(namespace, assignments)
    this.#publications += 1
    this.#parts.publisher.publish({ namespace, assignments })
  }

  /** The namespace is gone, and its pods with it. */
  #drop(namespace: string): 'done' {
    const had = this.#assignments.has(namespace)
    if (had) this.#publish(namespace, new Map())
    this.#assignments.delete(namespace)
    this.#decisions.delete(namespace)
    return 'done'
  }
}
