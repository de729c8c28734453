// From zod's issues to our problems: the path as people write it, the expectation, the value where it is safe to show.
import type * as z from 'zod/mini'
import { suggestion } from './near-miss.ts'
import { type Finding, formatPath } from './problem.ts'

type Issue = z.core.$ZodIssue
type Schema = z.core.$ZodType

const nouns: Readonly<Record<string, string>> = {
  object: 'an object',
  record: 'an object',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** What one issue means to the writer of `value`; several findings for several unknown fields. */
export function explainIssue(issue: Issue, schema: Schema, value: unknown): readonly Finding[] {
  if (issue.code === 'unrecognized_keys') return explainUnknownFields(issue, schema)
  const path = formatPath(issue.path)
  const given = valueAt(value, issue.path)
  switch (issue.code) {
    case 'invalid_type':
      return [explainType(path, issue, given)]
    case 'invalid_value':
      return [{ path, message: given === undefined ? 'required' : explainValue(issue), ...shown(given) }]
    case 'too_small':
    case 'too_big':
      return [{ path, message: explainSize(issue), ...shown(typeof given === 'number' ? given : undefined) }]
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? 'not a valid key' }]
    case 'custom':
      return [
        { path, message: issue.message, ...shown(issue.params?.['isPublic'] === true ? given : undefined) },
      ]
    default:
      return [{ path, message: issue.message }]
  }
}

function explainUnknownFields(
  issue: Extract<Issue, { code: 'unrecognized_keys' }>,
  schema: Schema,
): readonly Finding[] {
  const known = fieldsAt(schema, issue.path)
  return issue.keys.map(key => ({
    path: formatPath([...issue.path, key]),
    message: `unknown field ${formatPath([key]).startsWith('[') ? formatPath([key]).slice(1, -1) : `"${key}"`}${suggestion(key, known)}${booleanHint(key)}`,
  }))
}

function explainType(path: string, issue: Extract<Issue, { code: 'invalid_type' }>, given: unknown): Finding {
  if (given === undefined) return { path, message: 'required' }
  if (issue.message !== defaultMessage) return { path, message: issue.message, ...shown(scalar(given)) }
  const expected = nouns[issue.expected] ?? issue.expected
  // A text where an object belongs may be a key that somebody pasted: only its type is told.
  return {
    path,
    message: `${expected} is expected, not ${describeType(given)}${quotesHint(expected, given)}`,
  }
}

/** YAML makes more of a bare word than its writer meant. */
function quotesHint(expected: string, given: unknown): string {
  if (expected !== nouns['string']) return ''
  if (typeof given === 'boolean') return `: it needs quotes (YAML reads ${wordsOfBooleans} so)`
  return typeof given === 'number' ? ': it needs quotes' : ''
}

const wordsOfBooleans = 'yes, no, on, off, y and n'

/** No field is called so: the writer has most likely put `on`. */
function booleanHint(key: string): string {
  return key === 'true' || key === 'false' ? ` (YAML reads ${wordsOfBooleans} so)` : ''
}

function explainValue(issue: Extract<Issue, { code: 'invalid_value' }>): string {
  if (issue.message !== defaultMessage) return issue.message
  return `expected ${issue.values.map(value => String(value)).join(' or ')}`
}

function explainSize(issue: Extract<Issue, { code: 'too_small' | 'too_big' }>): string {
  if (issue.message !== defaultMessage) return issue.message
  const isList = issue.origin === 'array'
  const bound = issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`
  if (isList) return `${bound} ${bound.endsWith(' 1') ? 'entry' : 'entries'}`
  return bound
}

/** zod without a locale says this about everything. */
const defaultMessage = 'Invalid input'

function describeType(value: unknown): string {
  if (value === null) return 'empty'
  if (Array.isArray(value)) return 'a list'
  return nouns[typeof value] ?? typeof value
}

function scalar(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? undefined : value
}

function shown(value: unknown): { readonly value?: unknown } {
  return value === undefined ? {} : { value }
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined
    current = Reflect.get(current, segment)
  }
  return current
}

/** Names of the fields that the object at this path may have. */
function fieldsAt(schema: Schema, path: readonly PropertyKey[]): readonly string[] {
  let current: Schema | undefined = unwrap(schema)
  for (const segment of path) {
    if (current === undefined) return []
    const child = childOf(current, segment)
    current = child === undefined ? undefined : unwrap(child)
  }
  const shape = current === undefined ? undefined : shapeOf(current)
  return shape === undefined ? [] : Object.keys(shape)
}

function childOf(schema: Schema, segment: PropertyKey): Schema | undefined {
  const { def } = asKnown(schema)._zod
  if (def.type === 'array') return def.element
  if (def.type === 'object') return def.shape[String(segment)]
  return undefined
}

function shapeOf(schema: Schema): object | undefined {
  const { def } = asKnown(schema)._zod
  return def.type === 'object' ? def.shape : undefined
}

function unwrap(schema: Schema): Schema {
  const { def } = asKnown(schema)._zod
  return def.type === 'optional' || def.type === 'default' || def.type === 'nullable'
    ? unwrap(def.innerType)
    : schema
}

/** zod's own union of its schema classes, which tells them apart by `def.type`. */
function asKnown(schema: Schema): z.core.$ZodTypes {
  return schema as z.core.$ZodTypes
}
