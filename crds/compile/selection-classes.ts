// Pods whose labels are selected by the same policies are one class: compiled once, the same object for all of them.
import { type Labels, selectsLabels } from '../resources/label-selector.ts'
import { contentDigest } from '../snapshot/digest.ts'
import type { PolicySnapshot, SecretId } from '../snapshot/policy-snapshot.ts'
import { assembleSnapshot } from './assemble-snapshot.ts'
import type { ProviderDesk } from './check-providers.ts'
import type { SelectionClass } from './compile-namespace.ts'
import type { RunnablePolicy } from './judge-policy.ts'
import { policyId } from './placed.ts'

type Levels = readonly (readonly RunnablePolicy[])[]

type Compiled = Pick<SelectionClass, 'snapshot' | 'secrets'>

/** @param levels policies that may run, the first level asked first, each level in its order of precedence. */
export function createClassifier(levels: Levels, desk: ProviderDesk): (podLabels: Labels) => SelectionClass {
  const classes = new Map<string, SelectionClass>()
  // Several classes may differ in their losers only.
  const compiledByWinners = new Map<string, Compiled>()
  return podLabels => {
    const selecting = levels.map(level => level.filter(policy => selectsPod(policy, podLabels)))
    const members = JSON.stringify(selecting.map(level => level.map(({ placed }) => policyId(placed))))
    const known = classes.get(members)
    if (known !== undefined) return known
    const winners = selecting.flatMap(level => level.slice(0, 1))
    const winnersKey = JSON.stringify(winners.map(({ placed }) => [placed.path, policyId(placed)]))
    const compiled = compiledByWinners.get(winnersKey) ?? compileWinners(winners, desk)
    compiledByWinners.set(winnersKey, compiled)
    const created: SelectionClass = {
      key: contentDigest(members).slice(0, 16),
      winners: winners.map(({ placed }) => policyId(placed)),
      losers: selecting.flatMap(losersOf),
      ...compiled,
    }
    classes.set(members, created)
    return created
  }
}

function selectsPod({ placed }: RunnablePolicy, podLabels: Labels): boolean {
  const { selector } = placed.spec
  return selector === undefined || selectsLabels(selector, podLabels)
}

/** All but the first of a level stand back behind it. */
function losersOf([winner, ...losers]: readonly RunnablePolicy[]): SelectionClass['losers'] {
  if (winner === undefined) return []
  return losers.map(loser => ({ policy: policyId(loser.placed), winner: policyId(winner.placed) }))
}

function compileWinners(winners: readonly RunnablePolicy[], desk: ProviderDesk): Compiled {
  const providers = new Map(winners.flatMap(winner => [...winner.providers]))
  const keys = [...providers.keys()].sort()
  const secrets = new Set<SecretId>(keys.flatMap(key => desk.secretOf(key) ?? []))
  const snapshot: PolicySnapshot = assembleSnapshot(
    winners.map(({ compiled }) => compiled),
    Object.fromEntries(
      keys.flatMap(key => {
        const provider = providers.get(key)
        return provider === undefined ? [] : [[key, provider]]
      }),
    ),
  )
  return { snapshot, secrets: [...secrets].sort() }
}
