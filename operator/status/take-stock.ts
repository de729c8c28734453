// What the pods of one namespace amount to for each policy and each provider.
import type { SelectionClass } from '../../crds/compile/compile-namespace.ts'
import type { ProviderKey } from '../../crds/snapshot/policy-snapshot.ts'
import type { PodFacts, SidecarState } from '../reconcile/ports.ts'
import { judgePod } from './pod-standing.ts'
import { addTallies, emptyTally, type PodTally, type Rejection } from './pod-tally.ts'
import { addUse, type ProviderUse, unusedProvider, useOf } from './provider-use.ts'

/** A pod that has not finished, and what it ought to run. */
export interface PlacedPod {
  readonly pod: PodFacts
  readonly selection: SelectionClass
}

/** Where a policy is at work: pods that it wins are tallied, pods that another one wins are only counted. */
export interface PolicyStanding {
  readonly tally: PodTally
  /** Pods that it selects and another policy of its level wins. */
  readonly overridden: number
  /** Policies that win those pods, sorted. */
  readonly winners: readonly string[]
}

export interface ProviderStanding {
  readonly tally: PodTally
  readonly use: ProviderUse
}

export interface NamespaceStock {
  /** By the ids that the compiler uses; a policy that selects no pod has no entry. */
  readonly policies: ReadonlyMap<string, PolicyStanding>
  /** A provider that no pod's snapshot holds has no entry. */
  readonly providers: ReadonlyMap<ProviderKey, ProviderStanding>
}

export const idlePolicy: PolicyStanding = { tally: emptyTally, overridden: 0, winners: [] }
export const idleProvider: ProviderStanding = { tally: emptyTally, use: unusedProvider }

/** A pod that is being deleted is served to its end, yet no longer counted: nothing it says would still matter. */
export function takeStock(
  pods: readonly PlacedPod[],
  findSidecar: (uid: string) => SidecarState | undefined,
): NamespaceStock {
  const policies = new Map<string, PolicyStanding>()
  const providers = new Map<ProviderKey, ProviderStanding>()
  for (const [selection, members] of bySelection(pods)) {
    const tally = tallyPods(members, selection, findSidecar)
    for (const standing of policyStandings(selection, tally)) {
      policies.set(standing.id, addPolicyStandings(policies.get(standing.id) ?? idlePolicy, standing))
    }
    const sidecars = members.flatMap(pod => findSidecar(pod.uid) ?? [])
    for (const key of Object.keys(selection.snapshot.providers)) {
      const standing = { tally, use: useOf(key, sidecars) }
      providers.set(key, addProviderStandings(providers.get(key) ?? idleProvider, standing))
    }
  }
  return { policies, providers }
}

export function addPolicyStandings(one: PolicyStanding, other: PolicyStanding): PolicyStanding {
  return {
    tally: addTallies(one.tally, other.tally),
    overridden: one.overridden + other.overridden,
    winners: [...new Set([...one.winners, ...other.winners])].sort(),
  }
}

export function addProviderStandings(one: ProviderStanding, other: ProviderStanding): ProviderStanding {
  return { tally: addTallies(one.tally, other.tally), use: addUse(one.use, other.use) }
}

function bySelection(pods: readonly PlacedPod[]): ReadonlyMap<SelectionClass, PodFacts[]> {
  const classes = new Map<SelectionClass, PodFacts[]>()
  for (const { pod, selection } of pods) {
    if (pod.isDeleting || pod.isFinished) continue
    const members = classes.get(selection)
    if (members === undefined) classes.set(selection, [pod])
    else members.push(pod)
  }
  return classes
}

function tallyPods(
  pods: readonly PodFacts[],
  selection: SelectionClass,
  findSidecar: (uid: string) => SidecarState | undefined,
): PodTally {
  const count = { matched: pods.length, programmed: 0, rejected: 0, stale: 0, notInjected: 0 }
  const rejections: Rejection[] = []
  const withheld: Rejection[] = []
  const named: Record<'stale' | 'notInjected', string[]> = { stale: [], notInjected: [] }
  for (const pod of pods) {
    const standing = judgePod(pod, selection, findSidecar(pod.uid))
    const { state, message } = standing
    count[state] += 1
    const name = `${pod.namespace}/${pod.name}`
    if (standing.withheld !== '') withheld.push({ pod: name, message: standing.withheld })
    if (state === 'programmed') continue
    if (state === 'rejected') rejections.push({ pod: name, message })
    else named[state].push(name)
  }
  return addTallies(emptyTally, {
    ...{ count, rejections, ...named },
    withheld: { pods: withheld.length, first: withheld },
  })
}

/** A cluster policy may both win with its overrides and lose with its defaults: what it wins counts. */
function policyStandings(
  { winners, losers }: SelectionClass,
  tally: PodTally,
): readonly (PolicyStanding & { readonly id: string })[] {
  const won = [...new Set(winners)].map(id => ({ id, tally, overridden: 0, winners: [] }))
  const lost = losers
    .filter(loser => !winners.includes(loser.policy))
    .map(({ policy, winner }) => ({
      id: policy,
      tally: emptyTally,
      overridden: tally.count.matched,
      winners: [winner],
    }))
  return [...won, ...lost]
}
