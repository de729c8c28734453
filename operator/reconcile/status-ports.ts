// What is said about resources and pods, and to whom it is said. Others see it through `ports.ts`.
import type { StoredResource } from './ports.ts'

export type ResourceKind = StoredResource['kind']

export interface ResourceId {
  readonly kind: ResourceKind
  readonly namespace: string
  readonly name: string
}

export interface Condition {
  readonly type: 'Accepted' | 'ResolvedRefs' | 'Programmed' | 'Conflicted' | 'Healthy'
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly observedGeneration: number
  /** RFC 3339; kept while `status` stays the same. */
  readonly lastTransitionTime: string
}

export interface ResourceStatus {
  readonly observedGeneration: number
  readonly conditions: readonly Condition[]
  /** Policies only. */
  readonly pods?: {
    readonly matched: number
    readonly programmed: number
    readonly rejected: number
    readonly stale: number
    readonly notInjected: number
  }
  readonly rejections?: readonly { readonly pod: string; readonly message: string }[]
  /** One line for the printer column, e.g. `3/3`. */
  readonly live?: string
}

export interface StatusWriter {
  /** Server-side apply of the status alone; rejects when the API server refuses. `uid` guards against a namesake. */
  apply(id: ResourceId, uid: string, status: ResourceStatus): Promise<void>
}

export interface EventRecorder {
  /** Best effort, deduplicated, never waits. */
  record(subject: EventSubject, event: RecordedEvent): void
}

/** What an event is about. The same event about a pod is written once, whichever replica writes it. */
export type EventSubject =
  | (ResourceId & { readonly uid: string })
  | { readonly kind: 'Pod'; readonly namespace: string; readonly name: string; readonly uid: string }

export interface RecordedEvent {
  readonly type: 'Normal' | 'Warning'
  /** CamelCase. */
  readonly reason: string
  readonly message: string
}
