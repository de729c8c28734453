// Texts, numbers and closed lists of values.
import { deriveTextRules } from './derive-rules.ts'
import { NotRepresentable, type StructuralSchema } from './structural-schema.ts'
import { type Check, checksOf, type DefinitionOf, type Place } from './zod-definition.ts'

/** A text: its bounds, and what it must look like as rules. */
export function convertText({ path, told }: Place): StructuralSchema {
  if (told.maxLength === undefined) throw new NotRepresentable(path, 'a text without `maxLength`')
  // The rules of what may be a secret stand on the object around it.
  const rules = told.isPublic === false ? [] : deriveTextRules(told, path, 'self')
  return {
    type: 'string',
    ...(told.minLength === undefined ? {} : { minLength: told.minLength }),
    maxLength: told.maxLength,
    ...(rules.length === 0 ? {} : { 'x-kubernetes-validations': rules }),
  }
}

const largestInt32 = 2 ** 31 - 1

/** A number between two bounds that belong to it. */
export function convertNumber(def: DefinitionOf<'number'>, { path }: Place): StructuralSchema {
  const checks = checksOf(def)
  const isWhole = checks.some(check => check.check === 'number_format')
  const [minimum] = checks.flatMap(check => (isLowerBound(check) ? [Number(check.value)] : []))
  const [maximum] = checks.flatMap(check => (isUpperBound(check) ? [Number(check.value)] : []))
  if (minimum === undefined || maximum === undefined) {
    throw new NotRepresentable(path, 'a number without a minimum or a maximum')
  }
  if (!isWhole) return { type: 'number', minimum, maximum }
  return { type: 'integer', format: maximum > largestInt32 ? 'int64' : 'int32', minimum, maximum }
}

function isLowerBound(check: Check): check is Extract<Check, { readonly check: 'greater_than' }> {
  return check.check === 'greater_than' && check.inclusive
}

function isUpperBound(check: Check): check is Extract<Check, { readonly check: 'less_than' }> {
  return check.check === 'less_than' && check.inclusive
}

/** One of a closed list, all of one type. */
export function convertValues(values: readonly unknown[], { path }: Place): StructuralSchema {
  const texts = values.filter(value => typeof value === 'string')
  if (texts.length === values.length) return { type: 'string', enum: texts }
  const numbers = values.filter(value => Number.isInteger(value)).map(Number)
  if (numbers.length === values.length) return { type: 'integer', format: 'int32', enum: numbers }
  const booleans = values.filter(value => typeof value === 'boolean')
  if (booleans.length === values.length) return { type: 'boolean', enum: booleans }
  throw new NotRepresentable(path, 'values of several types')
}
