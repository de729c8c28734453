// The user that the sidecar runs as: nobody else's in the pod.
import type { PodReading } from './read-pod.ts'
import { type Fields, fieldsOf } from './untrusted.ts'

/**
 * Not 65532, although the image says so: the most common hardened base images use that number for the app, and a pod does not
 * show what its images say. Within 16 bits, for pods with a user namespace of their own.
 */
const usualUser = 64_787

/** @param openShiftRange value of `openshift.io/sa.scc.uid-range`, outside which OpenShift refuses users; empty: none. */
export function chooseUser(pod: PodReading, openShiftRange: string): number {
  const first = firstOfRange(openShiftRange)
  const taken = usersOf(pod)
  // The first of the range is what OpenShift gives to containers that say nothing.
  let user = first === undefined ? usualUser : first + 1
  while (taken.has(user)) user += 1
  return user
}

/** That containers name, each for itself or all through the pod. */
function usersOf({ spec, containers }: PodReading): ReadonlySet<unknown> {
  return new Set([userOf(spec), ...containers.map(({ fields }) => userOf(fields))])
}

export function userOf(podOrContainer: Fields): unknown {
  return fieldsOf(podOrContainer['securityContext'])['runAsUser']
}

/** `first/size` or `first-last`; a range of one leaves no second. */
function firstOfRange(range: string): number | undefined {
  const match = /^(\d{1,10})([/-])(\d{1,10})$/.exec(range.trim())
  if (match === null) return undefined
  const [, start, sign, end] = match
  const first = Number(start)
  const size = sign === '/' ? Number(end) : Number(end) - first + 1
  return size >= 2 ? first : undefined
}
