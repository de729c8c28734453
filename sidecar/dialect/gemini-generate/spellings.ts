// Google's servers read every member of a request in camelCase and in snake_case, and clients send both, even in one
// body. Names here are camelCase; what is reported to the caller is what the caller wrote.
import type { JsonObject, JsonValue } from '../completion.ts'
import { isGiven } from '../json-value.ts'

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** The name under which a member stands in this object; its camelCase form when it stands under none. */
export function spellingOf(owner: JsonObject, name: string): string {
  if (isGiven(owner[name])) return name
  const other = snakeCase(name)
  return isGiven(owner[other]) ? other : name
}

/** A member under either of its spellings. */
export function member(owner: JsonObject, name: string): JsonValue | undefined {
  return owner[spellingOf(owner, name)]
}

/** Where strict readers look for a member, and what they call it. */
export interface Place {
  readonly name: string
  readonly path: string
}

/** @param base path of the owner; '' at the top. */
export function placeOf(owner: JsonObject, name: string, base: string): Place {
  const spelled = spellingOf(owner, name)
  return { name: spelled, path: base === '' ? spelled : `${base}.${spelled}` }
}

export interface ForeignMembers {
  /** Members that have a neutral word, in camelCase. */
  readonly translated: ReadonlySet<string>
  /** Dotted name of the owner without indexes; '' at the top. */
  readonly prefix: string
}

/** Notes the members that no other vendor has a word for. Empty values and `false` ask for nothing. */
export function noteForeign(
  owner: JsonObject,
  { translated, prefix }: ForeignMembers,
  lost: Set<string>,
): void {
  for (const name of Object.keys(owner)) {
    if (translated.has(name) || translated.has(camelCase(name)) || !asksForSomething(owner[name])) continue
    lost.add(prefix === '' ? name : `${prefix}.${name}`)
  }
}

function asksForSomething(value: JsonValue | undefined): boolean {
  if (!isGiven(value) || value === false || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}

/** Google reads one value where a list belongs as a list of one. */
export function asList(value: JsonValue | undefined): readonly JsonValue[] | undefined {
  if (!isGiven(value)) return undefined
  return Array.isArray(value) ? value : [value]
}
