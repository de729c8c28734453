// Events on pods, each once in a pod's life. The leader writes; the others remember for a moment what it might have had no time
// for, and write that when they take over. Twice the same event is one, since its name is made of what it says.
import { podNotices, withheldNotice } from '../status/pod-notices.ts'
import type { PlacedPod } from '../status/take-stock.ts'
import { whyWithheld } from '../status/withheld-credentials.ts'
import type { Cancel, Clock, EventRecorder, FleetView, Leadership, PodFacts, Reader } from './ports.ts'

export interface PodEventsParts {
  readonly pods: Reader<PodFacts>
  readonly fleet: FleetView
  readonly events: EventRecorder
  readonly leadership: Leadership
  readonly clock: Clock
}

interface Recent {
  readonly pod: PodFacts
  readonly at: number
}

/** Longer than a Lease stands when its holder has died. */
const rememberMs = 60_000
const mostRemembered = 500

export class PodEvents {
  readonly #parts: PodEventsParts
  #recent: readonly Recent[] = []

  constructor(parts: PodEventsParts) {
    this.#parts = parts
  }

  start(): Cancel {
    const { pods, leadership } = this.#parts
    const cancels = [
      pods.onChange(({ before, after }) => {
        // What the first list shows is old: whoever led before has told of it.
        if (after !== undefined && before?.uid !== after.uid && pods.hasSynced()) this.#meet(after)
      }),
      leadership.onChange(isLeader => {
        if (isLeader) this.#catchUp()
      }),
    ]
    return () => {
      for (const cancel of cancels) cancel()
    }
  }

  /** Of pods whose sidecars are to run what needs a key. */
  tellWithheld(placed: readonly PlacedPod[]): void {
    const { fleet, events } = this.#parts
    for (const { pod, selection } of placed) {
      const reason = whyWithheld(pod, selection)
      if (reason === '' || pod.isFinished || pod.isDeleting) continue
      // Without either it is any pod of the cluster, which nobody would give a key.
      if (pod.hasSidecar || fleet.find(pod.uid) !== undefined) {
        events.record(subjectOf(pod), withheldNotice(reason))
      }
    }
  }

  #meet(pod: PodFacts): void {
    const { leadership, clock } = this.#parts
    if (pod.injection === '') return
    if (leadership.isLeader()) return this.#tell(pod)
    const now = clock.now()
    const young = this.#recent.filter(({ at }) => now - at < rememberMs)
    this.#recent = [...young, { pod, at: now }].slice(-mostRemembered)
  }

  #catchUp(): void {
    const now = this.#parts.clock.now()
    for (const { pod, at } of this.#recent) if (now - at < rememberMs) this.#tell(pod)
    this.#recent = []
  }

  #tell(pod: PodFacts): void {
    for (const notice of podNotices(pod)) this.#parts.events.record(subjectOf(pod), notice)
  }
}

function subjectOf({ namespace, name, uid }: PodFacts) {
  return { kind: 'Pod', namespace, name, uid } as const
}
