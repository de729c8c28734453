// From a zod schema to what a CustomResourceDefinition holds: one case for each kind of schema that the language uses, and
// a clear stop at any other.
import { convertNumber, convertText, convertValues } from './convert-scalar.ts'
import { deriveKeyRules, deriveMemberRules, deriveSecretTextRules, refuseField } from './derive-rules.ts'
import { countToldRefinements, type FieldMetadata, readMetadata } from './field-metadata.ts'
import { countRuledRefinements, mapKeyAt, rulesAt } from './object-rules.ts'
import { type CelRule, NotRepresentable, type StructuralSchema } from './structural-schema.ts'
import { tellBounds } from './tell-bounds.ts'
import {
  checkNamesOf,
  checksOf,
  type DefinitionOf,
  definitionOf,
  type Place,
  type Schema,
} from './zod-definition.ts'

/**
 * @param path of the field, from the kind on, such as `FallbackPolicy.spec.routes[].chain[]`: rules are looked up by it and
 * errors name it.
 * @throws NotRepresentable when Kubernetes could not hold it, or when a refinement has no twin.
 */
export function convertSchema(schema: Schema, path: string): StructuralSchema {
  const told = readMetadata(schema)
  const converted = convertShape(schema, { path, told })
  checkRefinements(schema, told, path)
  const rules = [...(converted['x-kubernetes-validations'] ?? []), ...rulesAt(path)]
  return {
    ...(told.description === undefined ? {} : { description: told.description }),
    ...converted,
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  }
}

function convertShape(schema: Schema, place: Place): StructuralSchema {
  const def = definitionOf(schema)
  switch (def.type) {
    case 'object':
      return convertObject(def, place)
    case 'record':
      return convertMap(def, place)
    case 'array':
      return convertList(def, place)
    case 'string':
      return convertText(place)
    case 'number':
      return convertNumber(def, place)
    case 'boolean':
      return { type: 'boolean' }
    case 'enum':
      return convertValues(Object.values(def.entries), place)
    case 'literal':
      return convertValues(def.values, place)
    default:
      throw new NotRepresentable(place.path, `a schema of zod's type "${def.type}"`)
  }
}

function convertObject(def: DefinitionOf<'object'>, { path, told }: Place): StructuralSchema {
  const catchall = def.catchall === undefined ? undefined : definitionOf(def.catchall)
  if (catchall?.type !== 'never') throw new NotRepresentable(path, 'an object that takes unknown fields')
  const fields = Object.entries(def.shape).map(([name, field]) => convertField(name, field, path))
  const properties = Object.fromEntries(fields.map(field => [field.name, field.schema]))
  const required = fields.filter(field => field.isRequired).map(field => field.name)
  const rules = [...deriveMemberRules(told, path), ...fields.flatMap(field => field.rules)]
  return {
    type: 'object',
    ...(fields.length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  }
}

interface ConvertedField {
  readonly name: string
  readonly schema: StructuralSchema
  readonly isRequired: boolean
  /** Rules for the object that has the field. */
  readonly rules: readonly CelRule[]
}

function convertField(name: string, schema: Schema, parent: string): ConvertedField {
  const path = `${parent}.${name}`
  const def = definitionOf(schema)
  const inner = def.type === 'default' || def.type === 'optional' ? def.innerType : schema
  const told = readMetadata(inner)
  if (told.notSupportedYet === true) return refusedField(name, told)
  const converted = convertSchema(inner, path)
  const field = def.type === 'default' ? { ...converted, default: def.defaultValue } : converted
  return {
    name,
    schema: tellBounds(field, told),
    isRequired: inner === schema,
    rules: told.isPublic === false ? deriveSecretTextRules(name, told, path) : [],
  }
}

function refusedField(name: string, told: FieldMetadata): ConvertedField {
  const schema: StructuralSchema = {
    type: 'object',
    description: `Not supported yet: refused. ${told.description ?? ''}`,
    'x-kubernetes-preserve-unknown-fields': true,
  }
  return { name, schema, isRequired: false, rules: [refuseField(name)] }
}

function convertMap(def: DefinitionOf<'record'>, { path, told }: Place): StructuralSchema {
  if (told.maxProperties === undefined) throw new NotRepresentable(path, 'a map without `maxProperties`')
  return {
    type: 'object',
    maxProperties: told.maxProperties,
    additionalProperties: convertSchema(def.valueType, `${path}{}`),
    'x-kubernetes-validations': deriveKeyRules(readMetadata(def.keyType), path),
  }
}

function convertList(def: DefinitionOf<'array'>, { path }: Place): StructuralSchema {
  const checks = checksOf(def)
  const [smallest] = checks.flatMap(check => (check.check === 'min_length' ? [check.minimum] : []))
  const [largest] = checks.flatMap(check => (check.check === 'max_length' ? [check.maximum] : []))
  if (largest === undefined) throw new NotRepresentable(path, 'a list without a maximum')
  return {
    type: 'array',
    ...(smallest === undefined || smallest === 0 ? {} : { minItems: smallest }),
    maxItems: largest,
    items: convertSchema(def.element, `${path}[]`),
    ...listType(path),
  }
}

function listType(path: string): Partial<StructuralSchema> {
  const key = mapKeyAt(path)
  // Order means something in most lists, and a chain that two writers merged was written by neither.
  if (key === undefined) return { 'x-kubernetes-list-type': 'atomic' }
  return { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] }
}

/** What the cases above look at, and what zod uses for metadata. */
const knownChecks: ReadonlySet<string> = new Set(['custom', 'describe', 'meta'])
const checksByType: Readonly<Record<string, readonly string[]>> = {
  array: ['min_length', 'max_length'],
  number: ['number_format', 'greater_than', 'less_than'],
}

/** Nothing is left behind in silence: whoever adds a refinement also decides how the API server says it. */
function checkRefinements(schema: Schema, told: FieldMetadata, path: string): void {
  const def = definitionOf(schema)
  const names = checkNamesOf(def)
  const strange = names.find(
    name => !knownChecks.has(name) && checksByType[def.type]?.includes(name) !== true,
  )
  if (strange !== undefined) throw new NotRepresentable(path, `zod's check "${strange}" on a ${def.type}`)
  const refinements = names.filter(name => name === 'custom').length
  if (refinements > countToldRefinements(told) + countRuledRefinements(path)) {
    throw new NotRepresentable(
      path,
      'a refinement without a twin: give it metadata or a rule in object-rules.ts',
    )
  }
}
