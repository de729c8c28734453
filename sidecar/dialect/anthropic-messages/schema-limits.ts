// What structured output accepts of JSON Schema here: closed objects, no recursion, few constraints. A schema is adapted
// where answers to the adapted one still satisfy the original, and reported where they may not.
import type { JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, textIn } from '../json-value.ts'

export interface AdaptedSchema {
  readonly schema: JsonObject
  /** False when a constraint became mere prose. */
  readonly isFaithful: boolean
}

const plainKeywords = new Set([
  'type',
  'required',
  'enum',
  'const',
  'title',
  'description',
  '$ref',
  'default',
])
const ignoredKeywords = new Set(['$schema', '$id', '$comment'])
const formats = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/** Undefined when no form of this schema is accepted: the root is no object, or it is recursive. */
export function adaptSchema(schema: JsonObject): AdaptedSchema | undefined {
  if (schema['type'] !== 'object' || isRecursive(schema)) return undefined
  const losses: string[] = []
  return { schema: adapt(schema, losses), isFaithful: losses.length === 0 }
}

function adapt(schema: JsonObject, losses: string[]): JsonObject {
  const adapted: Record<string, JsonValue> = {}
  const prose: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    const kept = adaptKeyword(keyword, value, losses)
    if (kept !== undefined) adapted[keyword === 'oneOf' ? 'anyOf' : keyword] = kept
    else if (!ignoredKeywords.has(keyword)) prose.push(`${keyword}: ${JSON.stringify(value)}`)
  }
  if (schema['type'] === 'object' || schema['properties'] !== undefined) {
    adapted['additionalProperties'] = false
  }
  if (prose.length > 0) {
    losses.push(...prose)
    const description = textIn(schema['description'])
    adapted['description'] =
      `${description === undefined ? '' : `${description}\n\n`}Constraints: ${prose.join(', ')}`
  }
  return adapted
}

/** Undefined for a keyword that has to become prose. */
function adaptKeyword(keyword: string, value: JsonValue, losses: string[]): JsonValue | undefined {
  if (plainKeywords.has(keyword)) return value
  switch (keyword) {
    case 'properties':
    case '$defs':
    case 'definitions':
      return isJsonObject(value) ? mapMembers(value, member => adaptNested(member, losses)) : undefined
    case 'items':
      return isJsonObject(value) ? adapt(value, losses) : undefined
    case 'anyOf':
    case 'oneOf':
    case 'allOf':
      return isJsonList(value) ? value.map(member => adaptNested(member, losses)) : undefined
    case 'additionalProperties':
      // Closing an open object keeps every answer valid; a schema for unnamed members cannot be said at all.
      return isJsonObject(value) ? undefined : false
    case 'format':
      return typeof value === 'string' && formats.has(value) ? value : undefined
    case 'minItems':
      return value === 0 || value === 1 ? value : undefined
    default:
      return undefined
  }
}

function adaptNested(value: JsonValue, losses: string[]): JsonValue {
  if (isJsonObject(value)) return adapt(value, losses)
  // `true` and `false` as schemas are not accepted: an empty object says as much as can be said.
  losses.push('boolean schema')
  return {}
}

function mapMembers(object: JsonObject, change: (value: JsonValue) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))
}

function isRecursive(root: JsonObject): boolean {
  const definitions = new Map<string, ReadonlySet<string>>()
  for (const group of ['$defs', 'definitions']) {
    const members = root[group]
    if (!isJsonObject(members)) continue
    for (const [name, value] of Object.entries(members)) {
      definitions.set(`#/${group}/${name}`, referencesOf(value))
    }
  }
  const { $defs: _defs, definitions: _definitions, ...rest } = root
  if (referencesOf(rest).has('#')) return true
  return [...definitions.keys()].some(start => reaches(start, start, definitions, new Set()))
}

function reaches(
  from: string,
  target: string,
  definitions: ReadonlyMap<string, ReadonlySet<string>>,
  seen: Set<string>,
): boolean {
  for (const reference of definitions.get(from) ?? []) {
    if (reference === target || reference === '#') return true
    if (seen.has(reference)) continue
    seen.add(reference)
    if (reaches(reference, target, definitions, seen)) return true
  }
  return false
}

function referencesOf(value: JsonValue, found: Set<string> = new Set()): ReadonlySet<string> {
  if (isJsonList(value)) for (const member of value) referencesOf(member, found)
  else if (isJsonObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (name === '$ref' && typeof member === 'string') found.add(member)
      else referencesOf(member, found)
    }
  }
  return found
}

/** Every object names all its members, requires them and allows no others: what each vendor's strict mode accepts. */
export function isClosedSchema(value: JsonValue | undefined): boolean {
  if (isJsonList(value)) return value.every(isClosedSchema)
  if (!isJsonObject(value)) return true
  const properties = value['properties']
  if (value['type'] === 'object' || properties !== undefined) {
    const required = value['required']
    const names = isJsonObject(properties) ? Object.keys(properties) : []
    if (value['additionalProperties'] !== false) return false
    if (names.length > 0 && !(isJsonList(required) && names.every(name => required.includes(name))))
      return false
  }
  return Object.values(value).every(isClosedSchema)
}
