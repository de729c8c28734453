// Google's `Schema` is a dialect of OpenAPI's: types in capitals, `nullable`, sizes as text. Beside it the servers take
// JSON schema itself, of which they observe a part.
import type { JsonObject, JsonValue } from '../completion.ts'
import { isJsonList, isJsonObject, textIn } from '../json-value.ts'
import { member } from './spellings.ts'

const sizes = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'] as const
const plain = ['title', 'description', 'format', 'enum', 'pattern', 'minimum', 'maximum', 'default'] as const

/** Google's schema as JSON schema. Callers also send JSON schema under Google's name: what is one already stays. */
export function toJsonSchema(schema: JsonObject): JsonObject {
  const converted: Record<string, JsonValue> = {}
  const type = typeOf(schema)
  if (type !== undefined) converted.type = type
  for (const name of plain) keep(converted, name, schema[name])
  // `enum` is Google's marker that a text has listed values, not a format that anybody else knows.
  if (converted.format === 'enum') delete converted.format
  for (const name of sizes) keep(converted, name, sizeOf(member(schema, name)))
  keep(converted, 'required', schema.required)
  keep(converted, 'items', convert(schema.items))
  keep(converted, 'anyOf', convertAll(member(schema, 'anyOf')))
  if (isJsonObject(schema.properties)) {
    converted.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, value]) => [name, convert(value) ?? {}]),
    )
  }
  for (const [name, value] of Object.entries(schema)) {
    if (!knownMembers.has(name) && !Object.hasOwn(converted, name)) converted[name] = value
  }
  return withNull(converted, schema.nullable === true)
}

/** Read above under whichever spelling, or without meaning outside Google. */
const knownMembers = new Set([
  ...plain,
  ...sizes,
  ...sizes.map(name => name.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)),
  'type',
  'nullable',
  'required',
  'items',
  'properties',
  'anyOf',
  'any_of',
  'example',
  'propertyOrdering',
  'property_ordering',
])

function keep(target: Record<string, JsonValue>, name: string, value: JsonValue | undefined): void {
  if (value !== undefined && value !== null) target[name] = value
}

function typeOf({ type }: JsonObject): JsonValue | undefined {
  if (isJsonList(type)) return type
  const name = textIn(type)?.toLowerCase()
  return name === 'type_unspecified' ? undefined : name
}

/** 64-bit numbers stand as text in Google's JSON. */
function sizeOf(value: JsonValue | undefined): JsonValue | undefined {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}

function convert(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonObject(value) ? toJsonSchema(value) : value
}

function convertAll(value: JsonValue | undefined): JsonValue | undefined {
  return isJsonList(value) ? value.map(item => convert(item) ?? {}) : undefined
}

function withNull(schema: Record<string, JsonValue>, isNullable: boolean): JsonObject {
  if (!isNullable) return schema
  if (typeof schema.type === 'string' && schema.type !== 'null') {
    const listed =
      isJsonList(schema.enum) && !schema.enum.includes(null) ? { enum: [...schema.enum, null] } : {}
    return { ...schema, type: [schema.type, 'null'], ...listed }
  }
  if (isJsonList(schema.anyOf)) return { ...schema, anyOf: [...schema.anyOf, { type: 'null' }] }
  return schema
}

// ── JSON schema for Google ─────────────────────────────────────────────────────────────────────────────────────────

/** What the servers observe; anything else they read past. */
const observed = new Set([
  '$id',
  '$defs',
  '$ref',
  '$anchor',
  '$schema',
  '$comment',
  'type',
  'format',
  'title',
  'description',
  'default',
  'enum',
  'items',
  'prefixItems',
  'minItems',
  'maxItems',
  'minimum',
  'maximum',
  'anyOf',
  'oneOf',
  'properties',
  'additionalProperties',
  'required',
  'propertyOrdering',
])

export interface FittedSchema {
  readonly schema: JsonObject
  /** False when a constraint stands there that the servers do not observe. */
  readonly isFaithful: boolean
}

/** The schema with what can be said in other words said so; the rest stays as it is, for the model to read. */
export function fitSchema(schema: JsonObject): FittedSchema {
  const unobserved: string[] = []
  return { schema: fit(schema, unobserved), isFaithful: unobserved.length === 0 }
}

function fit(schema: JsonObject, unobserved: string[]): JsonObject {
  const fitted: Record<string, JsonValue> = {}
  for (const [name, value] of Object.entries(schema)) {
    if (name === 'const') fitted.enum = [value]
    else if (name === 'definitions') fitted.$defs = fitMembers(value, unobserved)
    else if (name === '$ref' && typeof value === 'string')
      fitted.$ref = value.replace('#/definitions/', '#/$defs/')
    else {
      if (!observed.has(name)) unobserved.push(name)
      fitted[name] = groups.has(name) ? fitMembers(value, unobserved) : fitNested(name, value, unobserved)
    }
  }
  return fitted
}

/** Members whose own members are schemas. */
const groups = new Set(['properties', '$defs'])
/** Members that are schemas, or lists of schemas. */
const nested = new Set(['items', 'prefixItems', 'anyOf', 'oneOf', 'additionalProperties'])

function fitNested(name: string, value: JsonValue, unobserved: string[]): JsonValue {
  if (!nested.has(name)) return value
  if (isJsonList(value)) return value.map(item => (isJsonObject(item) ? fit(item, unobserved) : item))
  return isJsonObject(value) ? fit(value, unobserved) : value
}

function fitMembers(value: JsonValue, unobserved: string[]): JsonValue {
  if (!isJsonObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, isJsonObject(item) ? fit(item, unobserved) : item]),
  )
}

/** Every object names all its members, requires them and allows no others: what strict modes elsewhere accept. */
export function isClosedSchema(value: JsonValue | undefined): boolean {
  if (isJsonList(value)) return value.every(isClosedSchema)
  if (!isJsonObject(value)) return true
  const { properties, required } = value
  if (value.type === 'object' || isJsonObject(properties)) {
    if (value.additionalProperties !== false) return false
    const names = isJsonObject(properties) ? Object.keys(properties) : []
    if (!names.every(name => isJsonList(required) && required.includes(name))) return false
  }
  return Object.values(value).every(isClosedSchema)
}
