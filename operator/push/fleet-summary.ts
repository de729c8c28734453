// What one replica tells the others about its streams: pods that say the same are one group, and a target's counts are summed
// up for its group. Text ⇄ states.
import type { TargetHealth } from '../../crds/snapshot/control-frames.ts'
import type { SidecarState } from '../reconcile/ports.ts'
import { asFields, isCount } from './parse-report.ts'

/** Written as JSON. Fields are added, never repurposed. */
export interface SummaryGroup {
  readonly namespace: string
  readonly live?: string
  readonly rejected?: { readonly digest: string; readonly message: string }
  readonly version: string
  /** Counts are sums over the pods. */
  readonly targets: readonly TargetHealth[]
  /** Name, UID, wall time at which the stream began. */
  readonly pods: readonly (readonly [string, string, number])[]
}

/** A status shows ten refusals at most; beyond that the words are not worth their bytes. */
const mostMessages = 10
const messageOfTheRest = 'refused, as others of this namespace were'

export function groupStates(states: Iterable<SidecarState>): readonly SummaryGroup[] {
  const shorten = new MessageShortener()
  const groups = new Map<string, SidecarState[]>()
  for (const given of states) {
    const state = shorten.shorten(given)
    const key = groupKey(state)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [state])
    else group.push(state)
  }
  const keys = [...groups.keys()].sort()
  return keys.flatMap(key => toGroup(groups.get(key) ?? []) ?? [])
}

export function ungroup(groups: readonly SummaryGroup[]): readonly SidecarState[] {
  return groups.flatMap(group =>
    group.pods.map(([pod, uid, connectedAt], index): SidecarState => {
      const { namespace, live, rejected, version } = group
      const targets = group.targets.map(target => shareOf(target, index, group.pods.length))
      return {
        namespace,
        pod,
        uid,
        ...(live === undefined ? {} : { live }),
        ...(rejected === undefined ? {} : { rejected }),
        connectedAt,
        version,
        targets,
      }
    }),
  )
}

function groupKey(state: SidecarState): string {
  const { namespace, live, rejected, version } = state
  const shape = state.targets.map(({ provider, model, breaker }) => [provider, model, breaker])
  return JSON.stringify([
    namespace,
    live ?? '',
    rejected?.digest ?? '',
    rejected?.message ?? '',
    version,
    shape,
  ])
}

function toGroup(states: readonly SidecarState[]): SummaryGroup | undefined {
  const [first] = states
  if (first === undefined) return undefined
  const { namespace, live, rejected, version } = first
  const targets = first.targets.map((target, index) => ({
    ...target,
    attempts: sum(states, state => state.targets[index]?.attempts ?? 0),
    failures: sum(states, state => state.targets[index]?.failures ?? 0),
  }))
  const pods = states.map(({ pod, uid, connectedAt }) => [pod, uid, connectedAt] as const)
  return {
    namespace,
    ...(live === undefined ? {} : { live }),
    ...(rejected === undefined ? {} : { rejected }),
    version,
    targets,
    pods: pods.sort(([one], [other]) => (one < other ? -1 : 1)),
  }
}

function sum(states: readonly SidecarState[], count: (state: SidecarState) => number): number {
  return states.reduce((total, state) => total + count(state), 0)
}

/** Whole numbers that add up to what was summed. */
function shareOf(target: TargetHealth, index: number, of: number): TargetHealth {
  const share = (total: number) => Math.floor((total * (index + 1)) / of) - Math.floor((total * index) / of)
  const attempts = share(target.attempts)
  return { ...target, attempts, failures: share(target.failures) }
}

/** Keeps the first messages of each refused snapshot in a namespace. */
class MessageShortener {
  readonly #seen = new Map<string, Set<string>>()

  shorten(state: SidecarState): SidecarState {
    const { rejected } = state
    if (rejected === undefined) return state
    const key = `${state.namespace}/${rejected.digest}`
    const seen = this.#seen.get(key) ?? new Set()
    this.#seen.set(key, seen)
    if (seen.size < mostMessages) seen.add(rejected.message)
    if (seen.has(rejected.message)) return state
    return { ...state, rejected: { digest: rejected.digest, message: messageOfTheRest } }
  }
}

/** What a colleague wrote, of whichever version; a group that cannot be read is left out. */
export function readGroups(value: unknown): readonly SummaryGroup[] {
  return Array.isArray(value) ? value.flatMap(item => readGroup(item) ?? []) : []
}

function readGroup(value: unknown): SummaryGroup | undefined {
  const fields = asFields(value)
  const namespace = fields?.['namespace']
  const version = fields?.['version']
  const live = fields?.['live']
  if (typeof namespace !== 'string' || typeof version !== 'string') return undefined
  const rejected = readRejected(fields?.['rejected'])
  return {
    namespace,
    version,
    ...(typeof live === 'string' ? { live } : {}),
    ...(rejected === undefined ? {} : { rejected }),
    targets: readList(fields?.['targets'], readTarget),
    pods: readList(fields?.['pods'], readPod),
  }
}

function readRejected(value: unknown): SummaryGroup['rejected'] {
  const fields = asFields(value)
  const digest = fields?.['digest']
  const message = fields?.['message']
  return typeof digest === 'string' && typeof message === 'string' ? { digest, message } : undefined
}

function readTarget(value: unknown): TargetHealth | undefined {
  const fields = asFields(value)
  const { provider, model, breaker, attempts, failures } = fields ?? {}
  if (typeof provider !== 'string' || typeof model !== 'string') return undefined
  if (breaker !== 'closed' && breaker !== 'open' && breaker !== 'probing') return undefined
  return isCount(attempts) && isCount(failures) ? { provider, model, breaker, attempts, failures } : undefined
}

function readPod(value: unknown): readonly [string, string, number] | undefined {
  const [pod, uid, connectedAt]: readonly unknown[] = Array.isArray(value) ? value : []
  if (typeof pod !== 'string' || typeof uid !== 'string' || typeof connectedAt !== 'number') return undefined
  return [pod, uid, connectedAt]
}

function readList<Item>(value: unknown, read: (item: unknown) => Item | undefined): readonly Item[] {
  const items: readonly unknown[] = Array.isArray(value) ? value : []
  return items.map(read).filter(item => item !== undefined)
}
