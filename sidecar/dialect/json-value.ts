// Reading JSON values of unknown shape: leniently from providers, strictly (naming the path) from callers.
import type { JsonObject, JsonValue } from './completion.ts'
import { RequestRejected } from './request-rejected.ts'

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** The value when it is a string with something in it. */
export function textIn(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

export function numberIn(value: JsonValue | undefined): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** The member of an object inside an object; undefined when either is missing. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) ? value[name] : undefined
}

/** Parses text that a provider sent; undefined when it is not JSON. */
export function parseLeniently(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}

/** Present and not null: callers' SDKs send null for what they do not set. */
export function isGiven(value: JsonValue | undefined): value is Exclude<JsonValue, null> {
  return value !== undefined && value !== null
}

/** Given, and not an empty list. */
export function isFilled(value: JsonValue | undefined): boolean {
  return isGiven(value) && !(isJsonList(value) && value.length === 0)
}

// ── Strict reading of a caller's request ───────────────────────────────────────────────────────────────────────────

export function refuseMember(path: string, expected: string): RequestRejected {
  return new RequestRejected(400, 'bad_request', `${path} must be ${expected}`, path)
}

export function readText(owner: JsonObject, name: string, path = name): string | undefined {
  const value = owner[name]
  if (!isGiven(value)) return undefined
  if (typeof value !== 'string') throw refuseMember(path, 'a string')
  return value
}

export function readRequiredText(owner: JsonObject, name: string, path = name): string {
  const value = readText(owner, name, path)
  if (value === undefined) throw refuseMember(path, 'a string')
  return value
}

export function readNumber(owner: JsonObject, name: string, path = name): number | undefined {
  const value = owner[name]
  if (!isGiven(value)) return undefined
  if (typeof value !== 'number') throw refuseMember(path, 'a number')
  return value
}

export function readInteger(owner: JsonObject, name: string, path = name): number | undefined {
  const value = readNumber(owner, name, path)
  if (value !== undefined && !Number.isInteger(value)) throw refuseMember(path, 'a whole number')
  return value
}

export function readFlag(owner: JsonObject, name: string, path = name): boolean | undefined {
  const value = owner[name]
  if (!isGiven(value)) return undefined
  if (typeof value !== 'boolean') throw refuseMember(path, 'true or false')
  return value
}

export function readObject(owner: JsonObject, name: string, path = name): JsonObject | undefined {
  const value = owner[name]
  if (!isGiven(value)) return undefined
  if (!isJsonObject(value)) throw refuseMember(path, 'an object')
  return value
}

export function readList(owner: JsonObject, name: string, path = name): readonly JsonValue[] | undefined {
  const value = owner[name]
  if (!isGiven(value)) return undefined
  if (!isJsonList(value)) throw refuseMember(path, 'a list')
  return value
}

export function requireObject(value: JsonValue, path: string): JsonObject {
  if (!isJsonObject(value)) throw refuseMember(path, 'an object')
  return value
}
