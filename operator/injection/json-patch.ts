// RFC 6902, as far as it is used: a pod is never written anew, so what others put into it survives.

export interface PatchOperation {
  /** On a member of an object it sets the member, whether it was there or not; in a list it puts in one more. */
  readonly op: 'add'
  /** RFC 6901. */
  readonly path: string
  readonly value: unknown
}

export type JsonPatch = readonly PatchOperation[]

/** Each segment as it is: `/` and `~` in it are escaped. */
export function pointer(...segments: readonly (string | number)[]): string {
  return segments.map(segment => `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** Puts members at the end of a list that may not be there yet. */
export function appendTo(path: string, list: unknown, members: readonly unknown[]): JsonPatch {
  if (members.length === 0) return []
  if (!Array.isArray(list)) return [{ op: 'add', path, value: members }]
  return members.map(value => ({ op: 'add', path: `${path}/-`, value }))
}

/** Sets members of an object that may not be there yet. */
export function setMembers(
  path: string,
  object: unknown,
  members: Readonly<Record<string, string>>,
): JsonPatch {
  const entries = Object.entries(members)
  if (entries.length === 0) return []
  if (typeof object !== 'object' || object === null) return [{ op: 'add', path, value: members }]
  return entries.map(([name, value]) => ({ op: 'add', path: `${path}${pointer(name)}`, value }))
}
