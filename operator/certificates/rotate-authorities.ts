// What the leader does to the authorities: makes the first one, and hands over from an old one to a new one step by step.
import { type Authority, createAuthority } from './authority.ts'
import type { StoredAuthorities } from './authority-secret.ts'
import {
  type AuthoritySet,
  nextStep,
  promote,
  type RotationStep,
  type RotationTiming,
  withNext,
  withoutPrevious,
} from './authority-set.ts'
import type { AuthorityStore } from './authority-store.ts'

export interface Rotation {
  readonly store: AuthorityStore
  readonly timing: RotationTiming
  /** Wall time. */
  readonly now: number
  readonly onStep: (step: Exclude<RotationStep, 'none'> | 'create') => void
}

/** `lost`: somebody else wrote meanwhile; what they wrote is to be read. */
export type RotationResult = { readonly kind: 'set'; readonly set: AuthoritySet } | { readonly kind: 'lost' }

/**
 * Makes the Secret where there is none.
 * @param remembered what it held before somebody deleted it: its authority signs on while a new one is introduced.
 */
export async function createAuthorities(
  remembered: AuthoritySet | undefined,
  { store, now, onStep }: Rotation,
): Promise<RotationResult> {
  const fresh = await createAuthority(now)
  const set = remembered === undefined ? { current: fresh } : introduce(remembered, fresh)
  // Trust comes before signatures.
  if (remembered !== undefined) await store.publish(set)
  if ((await store.create(set)) === 'exists') return { kind: 'lost' }
  await store.publish(set)
  onStep('create')
  return { kind: 'set', set }
}

function introduce(remembered: AuthoritySet, fresh: Authority): AuthoritySet {
  return remembered.next === undefined ? withNext(remembered, fresh) : remembered
}

/** Takes every step that is due. */
export async function rotateAuthorities(
  stored: StoredAuthorities,
  rotation: Rotation,
): Promise<RotationResult> {
  const { store, timing, now, onStep } = rotation
  const { set } = stored
  const step = nextStep(set, now, timing)
  if (step === 'none') {
    await store.own(stored)
    await store.publish(set)
    return { kind: 'set', set }
  }
  const changed = await takers[step](set, now)
  // Before the Secret says so, and with it the clock of the overlap begins to run.
  if (step === 'stage') await store.publish(changed)
  if ((await store.replace(changed, stored)) === 'lost') return { kind: 'lost' }
  onStep(step)
  // An expired authority is staged and replaced in one go; the new resourceVersion has to be read first.
  const reading = await store.read()
  return reading.kind === 'read' ? rotateAuthorities(reading, rotation) : { kind: 'lost' }
}

type Take = (set: AuthoritySet, now: number) => AuthoritySet | Promise<AuthoritySet>

const takers: Readonly<Record<Exclude<RotationStep, 'none'>, Take>> = {
  stage: async (set, now) => withNext(set, await createAuthority(now)),
  promote,
  dropPrevious: withoutPrevious,
}
