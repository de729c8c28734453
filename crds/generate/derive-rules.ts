// Rules that follow from the metadata of a field. They say in words what a pattern would say as a pattern.
import { formatDuration, toMilliseconds } from '../resources/durations.ts'
import { quote, quoteList } from './cel-text.ts'
import type { FieldMetadata } from './field-metadata.ts'
import { type CelRule, NotRepresentable } from './structural-schema.ts'

/** @param value how the rules reach the text: `self`, or `self.name` for rules that stand on its object. */
export function deriveTextRules(told: FieldMetadata, path: string, value: string): readonly CelRule[] {
  if (told.pattern === undefined) return []
  if (told.expected === undefined)
    throw new NotRepresentable(path, 'a pattern without `expected`, its message')
  const matches = `${value}.matches(${quote(told.pattern)})`
  const grammar = { rule: matches, message: told.expected }
  if (told.minDuration === undefined || told.maxDuration === undefined) return [grammar]
  const isLongEnough = `duration(${value}) >= duration(${quote(told.minDuration)})`
  const isShortEnough = `duration(${value}) <= duration(${quote(told.maxDuration)})`
  const [from, to] = [told.minDuration, told.maxDuration].map(text => formatDuration(toMilliseconds(text)))
  // What is no duration has been told so by the first rule.
  const bounds = `!${matches} || (${isLongEnough} && ${isShortEnough})`
  return [grammar, { rule: bounds, message: `from ${from} to ${to}` }]
}

/** The API server repeats a text that breaks a rule, and audit logs keep it; of an object it repeats nothing. */
export function deriveSecretTextRules(name: string, told: FieldMetadata, path: string): readonly CelRule[] {
  return deriveTextRules(told, path, `self.${name}`).map(({ rule, message }) => ({
    rule: `!has(self.${name}) || ${rule}`,
    message,
    fieldPath: `.${name}`,
  }))
}

/** Keys of a map have no schema of their own in Kubernetes. */
export function deriveKeyRules(key: FieldMetadata, path: string): readonly CelRule[] {
  if (key.pattern === undefined || key.expected === undefined || key.maxLength === undefined) {
    throw new NotRepresentable(path, 'keys need a pattern, `expected` and `maxLength`')
  }
  const fits = `key.size() <= ${key.maxLength} && key.matches(${quote(key.pattern)})`
  return [{ rule: `self.all(key, ${fits})`, message: key.expected }]
}

export function deriveMemberRules(told: FieldMetadata, path: string): readonly CelRule[] {
  return [
    ...memberRule(told.exactlyOneOf, { told, comparison: '== 1', path }),
    ...memberRule(told.atLeastOneOf, { told, comparison: '>= 1', path }),
  ]
}

function memberRule(
  members: readonly string[] | undefined,
  context: { readonly told: FieldMetadata; readonly comparison: string; readonly path: string },
): readonly CelRule[] {
  if (members === undefined) return []
  const message = context.told.expected
  if (message === undefined) throw new NotRepresentable(context.path, 'members without `expected`')
  const present = members.map(member => `has(self.${member})`).join(', ')
  return [{ rule: `[${present}].filter(isSet, isSet).size() ${context.comparison}`, message }]
}

/** Stands on the object that has the field: the field itself is of any shape. */
export function refuseField(name: string): CelRule {
  return {
    rule: `!has(self.${name})`,
    message: 'not supported yet',
    fieldPath: `.${name}`,
    reason: 'FieldValueForbidden',
  }
}

/** `self` is one of these texts. */
export function isOneOf(values: readonly string[]): string {
  return `self in ${quoteList(values)}`
}
