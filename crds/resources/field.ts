// Building blocks of the schemas. Description, pattern and default of a field travel with its schema as zod metadata, so
// that types, validation, messages and manifests come from one place.
import * as z from 'zod/mini'
import { durationPattern, formatDuration, likelyDuration, parseDuration } from './durations.ts'
import { suggestion } from './near-miss.ts'
import { isLongerThan } from './text-length.ts'

/** Longest text of a field that nothing else bounds. */
export const maxTextLength = 256

/** Adds the description that `kubectl explain` shows. */
export function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  return schema.check(z.describe(description))
}

/** An object in which every field is known; any other is refused. */
export function object<Shape extends z.core.$ZodLooseShape>(shape: Shape, description: string) {
  return described(z.strictObject(shape), description)
}

interface TextRule {
  readonly description: string
  /** Regular expression of the whole text; linear, since it also runs in the API server. */
  readonly pattern?: string
  /** Message for a text that does not fit. */
  readonly expected: string
  readonly maxLength?: number
  /** The text can never be a secret, so a message may repeat it. */
  readonly isPublic: boolean
}

/** Text of at least one character. */
export function text(rule: TextRule) {
  const maxLength = rule.maxLength ?? maxTextLength
  const pattern = rule.pattern === undefined ? undefined : new RegExp(rule.pattern, 'u')
  return z.string().check(
    z.meta({
      description: rule.description,
      minLength: 1,
      maxLength,
      expected: rule.expected,
      isPublic: rule.isPublic,
      ...(rule.pattern === undefined ? {} : { pattern: rule.pattern }),
    }),
    z.check(context => {
      const { value } = context
      const message = explainText(value, maxLength, pattern, rule.expected)
      if (message === undefined) return
      context.issues.push({ code: 'custom', message, input: value, params: { isPublic: rule.isPublic } })
    }),
  )
}

function explainText(
  value: string,
  maxLength: number,
  pattern: RegExp | undefined,
  expected: string,
): string | undefined {
  if (value === '') return `${expected}; it is empty`
  if (isLongerThan(value, maxLength)) return `at most ${maxLength} characters`
  return pattern === undefined || pattern.test(value) ? undefined : expected
}

/** One line of printable text that means something elsewhere: a model, a region, a pattern. */
export function line(description: string, expected: string) {
  return text({ description, expected, pattern: '^[^\\x00-\\x1f\\x7f]*$', isPublic: true })
}

const durationExpected = 'a duration looks like 45s, 1h30m or 100ms'
/** Four groups of five digits and a unit of two letters. */
const maxDurationLength = 28

export interface DurationBounds {
  readonly min: string
  readonly max: string
}

/** A GEP-2257 duration within bounds, kept as it was written. */
export function duration(description: string, bounds: DurationBounds) {
  const minMs = parseDuration(bounds.min) ?? 0
  const maxMs = parseDuration(bounds.max) ?? Number.POSITIVE_INFINITY
  return z.string({ error: issue => explainDuration(issue.input) }).check(
    z.meta({
      description,
      pattern: durationPattern,
      maxLength: maxDurationLength,
      expected: durationExpected,
      minDuration: bounds.min,
      maxDuration: bounds.max,
    }),
    z.check(context => {
      const milliseconds = parseDuration(context.value)
      const isWithin = milliseconds !== undefined && milliseconds >= minMs && milliseconds <= maxMs
      if (isWithin) return
      const message =
        milliseconds === undefined
          ? explainDuration(context.value)
          : `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
      context.issues.push({ code: 'custom', message, input: context.value, params: { isPublic: true } })
    }),
  )
}

function explainDuration(given: unknown): string {
  const likely = typeof given === 'string' || typeof given === 'number' ? likelyDuration(given) : undefined
  return likely === undefined ? durationExpected : `${durationExpected} (did you mean "${likely}"?)`
}

export interface NumberBounds {
  readonly min: number
  readonly max: number
}

export function integer(description: string, bounds: NumberBounds) {
  const message = `a whole number from ${bounds.min} to ${bounds.max} is expected`
  return z
    .number({ error: message })
    .check(
      z.int({ error: message }),
      z.minimum(bounds.min, { error: message }),
      z.maximum(bounds.max, { error: message }),
      z.describe(description),
    )
}

export function decimal(description: string, bounds: NumberBounds) {
  const message = `a number from ${bounds.min} to ${bounds.max} is expected`
  return z
    .number({ error: message })
    .check(
      z.minimum(bounds.min, { error: message }),
      z.maximum(bounds.max, { error: message }),
      z.describe(description),
    )
}

/** One of a closed list. `noun` names a member: `a failure kind`. None may be a boolean of YAML 1.1. */
export function oneOf<const Values extends readonly string[]>(
  values: Values,
  noun: string,
  description: string,
) {
  const error = (issue: { readonly input?: unknown }) => {
    const near = typeof issue.input === 'string' ? suggestion(issue.input, values) : ''
    return `not ${noun} (${values.join(', ')})${near}`
  }
  return described(z.enum(values, { error }), description)
}

/** A list with bounds; an empty one says nothing and is a mistake. */
export function list<Item extends z.ZodMiniType>(item: Item, bounds: NumberBounds, description: string) {
  return z.array(item).check(z.minLength(bounds.min), z.maxLength(bounds.max), z.describe(description))
}

/** A field of the language that this version does not act on. Whoever writes it is told so by name. */
export function notSupportedYet(description: string) {
  return z.exactOptional(
    z.unknown().check(
      z.meta({ description, notSupportedYet: true }),
      z.check(context => {
        context.issues.push({ code: 'custom', message: 'not supported yet', input: context.value })
      }),
    ),
  )
}

/** Refuses objects that have none or several of these fields. */
export function exactlyOne(members: readonly string[], message: string) {
  return {
    rule: z.check<object>(context => {
      const present = members.filter(member => Object.hasOwn(context.value, member))
      if (present.length === 1) return
      context.issues.push({ code: 'custom', message, input: context.value })
    }),
    meta: z.meta<object>({ exactlyOneOf: members, expected: message }),
  }
}

/** Refuses objects that have none of these fields. */
export function atLeastOne(members: readonly string[], message: string) {
  return {
    rule: z.check<object>(context => {
      if (members.some(member => Object.hasOwn(context.value, member))) return
      context.issues.push({ code: 'custom', message, input: context.value })
    }),
    meta: z.meta<object>({ atLeastOneOf: members, expected: message }),
  }
}
