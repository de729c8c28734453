// From classes to what goes over the wire: each class is serialised once, and again only when it changes.
import { Buffer } from 'node:buffer'
import { createHash } from 'node:crypto'
import type { SelectionClass } from '../../crds/compile/compile-namespace.ts'
import { frameLine, type PushedSecret } from '../../crds/snapshot/control-frames.ts'
import type { SecretId } from '../../crds/snapshot/policy-snapshot.ts'
import type { PlacedPod } from '../status/take-stock.ts'
import type { Assignment } from './ports.ts'
import type { SecretStates } from './secret-states.ts'

/** By pod UID. */
export type Assignments = ReadonlyMap<string, Assignment>

export interface AssignedPods {
  readonly assignments: Assignments
  /** Keys are still being read: pods that need them keep what they have, new ones wait. */
  readonly isWaiting: boolean
}

/** @param before of the run before; what has not changed is the same object afterwards. */
export function assignPods(
  placed: readonly PlacedPod[],
  secrets: Pick<SecretStates, 'find' | 'stateOf'>,
  before: Assignments,
): AssignedPods {
  const serialised = new Set(before.values())
  const byClass = new Map<SelectionClass, Assignment | 'waiting'>()
  const assignments = new Map<string, Assignment>()
  let isWaiting = false
  for (const { pod, selection } of placed) {
    const known = byClass.get(selection)
    const assigned = known ?? assignClass(selection, secrets, serialised)
    if (known === undefined) {
      byClass.set(selection, assigned)
      if (assigned !== 'waiting') serialised.add(assigned)
    }
    isWaiting ||= assigned === 'waiting'
    const own = assigned === 'waiting' ? before.get(pod.uid) : assigned
    if (own !== undefined) assignments.set(pod.uid, own)
  }
  return { assignments, isWaiting }
}

export function sameAssignments(one: Assignments, other: Assignments): boolean {
  return one.size === other.size && [...one].every(([uid, assignment]) => other.get(uid) === assignment)
}

function assignClass(
  { snapshot, secrets: ids }: SelectionClass,
  secrets: Pick<SecretStates, 'find' | 'stateOf'>,
  serialised: ReadonlySet<Assignment>,
): Assignment | 'waiting' {
  if (ids.some(id => secrets.stateOf(id) === 'waiting')) return 'waiting'
  const pushed = ids.flatMap(id => readSecret(id, secrets))
  const credentialsVersion = versionOf(pushed)
  let snapshotLine: Buffer | undefined
  for (const earlier of serialised) {
    if (earlier.snapshot.digest !== snapshot.digest) continue
    if (earlier.credentialsVersion === credentialsVersion) return earlier
    snapshotLine = earlier.snapshotLine
  }
  return {
    snapshot,
    snapshotLine: snapshotLine ?? Buffer.from(frameLine({ kind: 'snapshot', snapshot })),
    credentialsLine: Buffer.from(frameLine({ kind: 'credentials', secrets: pushed })),
    credentialsVersion,
  }
}

function readSecret(id: SecretId, secrets: Pick<SecretStates, 'find'>): readonly PushedSecret[] {
  const found = secrets.find(id)
  return found.kind === 'found' ? [{ id, version: found.version, value: found.value }] : []
}

/** Made of names and versions alone: it is told to others. */
function versionOf(secrets: readonly PushedSecret[]): string {
  const named = secrets.map(({ id, version }) => [id, version])
  return createHash('sha256').update(JSON.stringify(named)).digest('hex').slice(0, 16)
}
