// The fleet as all replicas together see it: our own streams first, then whoever saw the pod connect last.
import type { Cancel, FleetView, SidecarState } from '../reconcile/ports.ts'
import type { LocalFleet } from './local-fleet.ts'
import type { RemoteFleet } from './remote-fleet.ts'

export class MergedFleet implements FleetView {
  readonly #local: LocalFleet
  readonly #remote: RemoteFleet

  constructor(local: LocalFleet, remote: RemoteFleet) {
    this.#local = local
    this.#remote = remote
  }

  find(podUid: string): SidecarState | undefined {
    const local = this.#local.find(podUid)
    if (this.#local.hasStream(podUid)) return local
    const remote = this.#remote.find(podUid)
    if (local === undefined || remote === undefined) return local ?? remote
    return remote.connectedAt > local.connectedAt ? remote : local
  }

  *list(): Iterable<SidecarState> {
    for (const state of this.#local.list()) yield this.find(state.uid) ?? state
    for (const state of this.#remote.list()) if (this.#local.find(state.uid) === undefined) yield state
  }

  onChange(listener: (namespace: string) => void): Cancel {
    const stops = [this.#local.onChange(listener), this.#remote.onChange(listener)]
    return () => {
      for (const stop of stops) stop()
    }
  }
}
