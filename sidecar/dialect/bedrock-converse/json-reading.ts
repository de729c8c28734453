// Strict reading of a value at a path of the caller's body, and of the unions that this wire is made of.
import type { JsonObject, JsonValue } from '../completion.ts'
import { isGiven, isJsonList, isJsonObject, parseLeniently, refuseMember } from '../json-value.ts'

/** @throws RequestRejected (400) that names the path and what belongs there. */
export function reject(path: string, expected: string): never {
  throw refuseMember(path, expected)
}

export function requireText(value: JsonValue | undefined, path: string): string {
  return typeof value === 'string' ? value : reject(path, 'a string')
}

export function requireObject(value: JsonValue | undefined, path: string): JsonObject {
  return isJsonObject(value) ? value : reject(path, 'an object')
}

export function requireList(value: JsonValue | undefined, path: string): readonly JsonValue[] {
  return isJsonList(value) ? value : reject(path, 'a list')
}

/** An object of which one member is given: its name says what it is. Undefined for an empty one. */
export function readUnion(
  union: JsonObject,
): { readonly kind: string; readonly value: JsonValue } | undefined {
  for (const [kind, value] of Object.entries(union)) {
    if (isGiven(value) && kind !== 'SDK_UNKNOWN_MEMBER') return { kind, value }
  }
  return undefined
}

/** The object that a tool's arguments are; undefined for text that is none: models break JSON, and a limit cuts it. */
export function parseArguments(text: string): JsonObject | undefined {
  if (text === '' || text === '{}') return {}
  const value = parseLeniently(text)
  return isJsonObject(value) ? value : undefined
}
